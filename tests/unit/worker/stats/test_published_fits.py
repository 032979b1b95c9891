"""Least squares against the values that NIST certifies, to as many digits as doubles bear.

NIST StRD, linear least squares regression: https://www.itl.nist.gov/div898/strd/. Each data set is
also solved here in exact fractions, which shows that data and certified values are copied right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import pytest

Row = Sequence[Fraction]

# Norris: calibration of ozone monitors; y, x in turns.
NORRIS = """
0.1 0.2 338.8 337.4 118.1 118.2 888.0 884.6 9.2 10.1 228.1 226.5 668.5 666.3 998.5 996.3 449.1
448.6 778.9 777.0 559.2 558.2 0.3 0.4 0.1 0.6 778.1 775.5 668.8 666.9 339.3 338.0 448.9 447.5 10.8
11.6 557.7 556.0 228.3 228.1 998.0 995.8 888.8 887.6 119.6 120.2 0.3 0.3 0.6 0.3 557.6 556.8 339.3
339.1 888.0 887.2 998.5 999.0 778.9 779.0 10.2 11.1 117.6 118.3 228.9 229.2 668.4 669.1 449.2
448.9 0.2 0.5
"""

# Pontius: calibration of load cells; y at loads of 150,000 to 3,000,000, twice.
PONTIUS = """
.11019 .21956 .32949 .43899 .54803 .65694 .76562 .87487 .98292 1.09146 1.20001 1.30822 1.41599
1.52399 1.63194 1.73947 1.84646 1.95392 2.06128 2.16844 .11052 .22018 .32939 .43886 .54798 .65739
.76596 .87474 .98300 1.09150 1.20004 1.30818 1.41613 1.52408 1.63159 1.73965 1.84696 1.95445
2.06177 2.16829
"""

# Longley (1967): employment; y and six features.
LONGLEY = """
60323 83 234289 2356 1590 107608 1947
61122 88.5 259426 2325 1456 108632 1948
60171 88.2 258054 3682 1616 109773 1949
61187 89.5 284599 3351 1650 110929 1950
63221 96.2 328975 2099 3099 112075 1951
63639 98.1 346999 1932 3594 113270 1952
64989 99 365385 1870 3547 115094 1953
63761 100 363112 3578 3350 116219 1954
66019 101.2 397469 2904 3048 117388 1955
67857 104.6 419180 2822 2857 118734 1956
68169 108.4 442769 2936 2798 120445 1957
66513 110.8 444546 4681 2637 121950 1958
68655 112.6 482704 3813 2552 123366 1959
69564 114.2 502601 3931 2514 125368 1960
69331 115.7 518173 4806 2572 127852 1961
70551 116.9 554894 4007 2827 130081 1962
"""

# Filippelli: y, x in turns, for a polynomial of degree ten.
FILIP = """
0.8116 -6.860120914 0.9072 -4.324130045 0.9052 -4.358625055 0.9039 -4.358426747 0.8053
-6.955852379 0.8377 -6.661145254 0.8667 -6.355462942 0.8809 -6.118102026 0.7975 -7.115148017
0.8162 -6.815308569 0.8515 -6.519993057 0.8766 -6.204119983 0.8885 -5.853871964 0.8859
-6.109523091 0.8959 -5.79832982 0.8913 -5.482672118 0.8959 -5.171791386 0.8971 -4.851705903 0.9021
-4.517126416 0.909 -4.143573228 0.9139 -3.709075441 0.9199 -3.499489089 0.8692 -6.300769497 0.8872
-5.953504836 0.89 -5.642065153 0.891 -5.031376979 0.8977 -4.680685696 0.9035 -4.329846955 0.9078
-3.928486195 0.7675 -8.56735134 0.7705 -8.363211311 0.7713 -8.107682739 0.7736 -7.823908741 0.7775
-7.522878745 0.7841 -7.218819279 0.7971 -6.920818754 0.8329 -6.628932138 0.8641 -6.323946875
0.8804 -5.991399828 0.7668 -8.781464495 0.7633 -8.663140179 0.7678 -8.473531488 0.7697
-8.247337057 0.77 -7.971428747 0.7749 -7.676129393 0.7796 -7.352812702 0.7897 -7.072065318 0.8131
-6.774174009 0.8498 -6.478861916 0.8741 -6.159517513 0.8061 -6.835647144 0.846 -6.53165267 0.8751
-6.224098421 0.8856 -5.910094889 0.8919 -5.598599459 0.8934 -5.290645224 0.894 -4.974284616 0.8957
-4.64454848 0.9047 -4.290560426 0.9129 -3.885055584 0.9209 -3.408378962 0.9219 -3.13200249 0.7739
-8.726767166 0.7681 -8.66695597 0.7665 -8.511026475 0.7703 -8.165388579 0.7702 -7.886056648 0.7761
-7.588043762 0.7809 -7.283412422 0.7961 -6.995678626 0.8253 -6.691862621 0.8602 -6.392544977
0.8809 -6.067374056 0.8301 -6.684029655 0.8664 -6.378719832 0.8834 -6.065855188 0.8898
-5.752272167 0.8964 -5.132414673 0.8963 -4.811352704 0.9074 -4.098269308 0.9119 -3.66174277 0.9228
-3.2644011
"""

# Wampler (1970): what is added to polynomials of degree five, 1, 100 and 10,000 times.
DELTA = """
759 -2048 2048 -2048 2523 -2048 2048 -2048 1838 -2048 2048
-2048 1838 -2048 2048 -2048 2523 -2048 2048 -2048 759
"""


@dataclass(frozen=True)
class Case:
    """A data set with its certified coefficients and their standard deviations."""

    y: Row
    x: Sequence[Row]
    """Features, column by column."""
    coefficients: Sequence[float]
    errors: Sequence[float]
    digits: float
    """Relative error that the coefficients may have."""
    intercept: bool = True

    @property
    def columns(self) -> dict[str, list[float]]:
        named = {f"x{i}": list(map(float, column)) for i, column in enumerate(self.x, start=1)}
        return {"y": list(map(float, self.y)), **named}


def read(text: str) -> list[Fraction]:
    return [Fraction(word) for word in text.split()]


def powers(x: Row, degree: int) -> list[Row]:
    return [[value**power for value in x] for power in range(1, degree + 1)]


def wampler(scale: Fraction, noise: int, errors: Sequence[float], digits: float) -> Case:
    x = [Fraction(i) for i in range(21)]
    y = [
        sum((value * scale) ** power for power in range(6)) + noise * extra
        for value, extra in zip(x, read(DELTA), strict=True)
    ]
    return Case(y, powers(x, 5), [float(scale**power) for power in range(6)], errors, digits)


NOISY = (2152.32624678170, 2363.55173469681, 779.343524331583, 101.475507550350,
         5.64566512170752, 0.112324854679312)  # fmt: skip
LOADS = [Fraction(150_000 * i) for i in range(1, 21)] * 2
MONITORS, FILIPPELLI, ECONOMY = read(NORRIS), read(FILIP), read(LONGLEY)
CASES = {
    "Norris": Case(
        MONITORS[::2], [MONITORS[1::2]], (-0.262323073774029, 1.00211681802045),
        (0.232818234301152, 0.429796848199937e-03), 1e-12,
    ),
    "Pontius": Case(
        read(PONTIUS), powers(LOADS, 2),
        (0.673565789473684e-03, 0.732059160401003e-06, -0.316081871345029e-14),
        (0.107938612033077e-03, 0.157817399981659e-09, 0.486652849992036e-16), 1e-11,
    ),
    "NoInt1": Case(
        [Fraction(i) for i in range(130, 141)], [[Fraction(i) for i in range(60, 71)]],
        (2.07438016528926,), (0.165289256198347e-01,), 1e-13, intercept=False,
    ),
    "Longley": Case(
        ECONOMY[::7], [ECONOMY[i::7] for i in range(1, 7)],
        (-3482258.63459582, 15.0618722713733, -0.358191792925910e-01, -2.02022980381683,
         -1.03322686717359, -0.511041056535807e-01, 1829.15146461355),
        (890420.383607373, 84.9149257747669, 0.334910077722432e-01, 0.488399681651699,
         0.214274163161675, 0.226073200069370, 455.478499142212), 1e-12,
    ),
    "Filip": Case(
        FILIPPELLI[::2], powers(FILIPPELLI[1::2], 10),
        (-1467.48961422980, -2772.17959193342, -2316.37108160893, -1127.97394098372,
         -354.478233703349, -75.1242017393757, -10.8753180355343, -1.06221498588947,
         -0.670191154593408e-01, -0.246781078275479e-02, -0.402962525080404e-04),
        (298.084530995537, 559.779865474950, 466.477572127796, 227.204274477751,
         71.6478660875927, 15.2897178747400, 2.23691159816033, 0.221624321934227,
         0.142363763154724e-01, 0.535617408889821e-03, 0.896632837373868e-05), 1e-6,
    ),
    "Wampler1": wampler(Fraction(1), 0, (0.0,) * 6, 1e-8),
    "Wampler2": wampler(Fraction(1, 10), 0, (0.0,) * 6, 1e-11),
    "Wampler3": wampler(Fraction(1), 1, NOISY, 1e-8),
    "Wampler4": wampler(Fraction(1), 100, [100 * error for error in NOISY], 1e-7),
    "Wampler5": wampler(Fraction(1), 10_000, [10_000 * error for error in NOISY], 1e-5),
}  # fmt: skip
"""Filip's powers are not exact in doubles, which alone costs half of their digits."""


def solved(case: Case) -> tuple[list[float], list[float]]:
    """Coefficients and their standard errors from the normal equations, in exact fractions."""
    ones = [[Fraction(1)] * len(case.y)] if case.intercept else []
    design = [*ones, *case.x]
    k = len(design)
    system = [
        [*(dot(a, b) for b in design), *(Fraction(i == j) for j in range(k)), dot(a, case.y)]
        for i, a in enumerate(design)
    ]
    for i in range(k):
        system[i] = [value / system[i][i] for value in system[i]]
        for j in set(range(k)) - {i}:
            factor = system[j][i]
            system[j] = [a - factor * b for a, b in zip(system[j], system[i], strict=True)]
    found = [row[-1] for row in system]
    fitted = [dot(found, row) for row in zip(*design, strict=True)]
    rest = sum((y - said) ** 2 for y, said in zip(case.y, fitted, strict=True))
    variance = rest / (len(case.y) - k)
    errors = [float(variance * system[i][k + i]) ** 0.5 for i in range(k)]
    return [float(value) for value in found], errors


def dot(a: Row, b: Row) -> Fraction:
    return sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))


@pytest.mark.parametrize("name", CASES)
def test_the_certified_values_are_those_of_the_data(name: str) -> None:
    case = CASES[name]
    coefficients, errors = solved(case)
    assert coefficients == pytest.approx(case.coefficients, rel=1e-13)
    assert errors == pytest.approx(case.errors, rel=1e-13)


@pytest.mark.parametrize("name", CASES)
def test_coefficients_and_errors_are_those_nist_certifies(run, name: str) -> None:
    case = CASES[name]
    columns = case.columns
    found = run(
        "linear_regression", columns, target="y", features=[*columns][1:],
        intercept=case.intercept,
    )  # fmt: skip
    rows = found.table.to_pylist()
    assert [row["coefficient"] for row in rows] == pytest.approx(case.coefficients, rel=case.digits)
    spread = max(map(abs, case.y)) if not any(case.errors) else 0
    assert [row["std_error"] for row in rows] == pytest.approx(
        case.errors, rel=case.digits, abs=1e-12 * float(spread)
    )


def test_the_fit_of_norris_is_the_one_nist_certifies(run) -> None:
    rows = run(
        "linear_regression", CASES["Norris"].columns, target="y", features="x1", give="metrics"
    ).table.to_pylist()
    (found,) = rows
    assert found["residual_std_error"] == pytest.approx(0.884796396144373, rel=1e-12)
    assert found["r_squared"] == pytest.approx(0.999993745883712, rel=1e-14)
    assert found["df"] == 34


def test_the_fit_of_longley_is_the_one_nist_certifies(run) -> None:
    columns = CASES["Longley"].columns
    found = run("linear_regression", columns, target="y", features=[*columns][1:], give="metrics")
    (row,) = found.table.to_pylist()
    assert row["r_squared"] == pytest.approx(0.995479004577296, rel=1e-13)
    assert row["adjusted_r_squared"] == pytest.approx(0.992465007628826, rel=1e-13)
    assert row["residual_std_error"] == pytest.approx(304.854073561965, rel=1e-12)
    assert row["f"] == pytest.approx(330.285339234588, rel=1e-11)
    (apart,) = (each for each in found.assumptions if each.name == "features_apart")
    assert apart.holds is False
