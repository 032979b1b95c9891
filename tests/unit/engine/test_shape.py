"""The asked shape of an answer."""

from dip_sdk.engine.shape import shaped, whole
from dip_sdk.types.plan import AnswerStep, OutputColumn
from dip_sdk.types.values import Column
from dip_sdk.worker.runner import Made

MADE = Made(
    columns=(Column(name="region", type="text"), Column(name='a "b"', type="double")),
    rows=1,
    seconds=0.0,
    preview=(("North", 1.5),),
)


def asked(*columns: OutputColumn) -> AnswerStep:
    return AnswerStep(table="t", columns=columns)


def test_no_shape_is_asked_for_means_no_step() -> None:
    assert shaped(asked(), MADE) is None


def test_the_shape_it_has_already_means_no_step() -> None:
    columns = (OutputColumn(column="region"), OutputColumn(column='a "b"'))
    assert shaped(asked(*columns), MADE) is None


def test_columns_are_chosen_named_and_rounded() -> None:
    step = shaped(asked(OutputColumn(column='a "b"', label="B", decimals=1)), MADE)
    assert step
    assert step.sql == 'SELECT ROUND("a ""b""", 1) AS "B" FROM "t"'


def test_a_sentence_may_speak_of_what_the_shape_leaves_out() -> None:
    spoken = whole(asked(OutputColumn(column="region", label="Region")), MADE)
    assert [column.column for column in spoken.columns] == ["region", 'a "b"']
    assert spoken.columns[0].label == "Region"
