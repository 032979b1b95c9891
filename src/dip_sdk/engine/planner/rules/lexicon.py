"""The general words of questions about data, as tables: what each phrase does, never what it means.

Nothing here names a table, a column or a value: those come from the data alone.
"""

from __future__ import annotations

from typing import Final

from .wordlists import meanings, phrases, words

LEADS: Final = meanings(
    """
    what: what is; what are; what was; what were; whats; what's; what; compute; calculate;
    i want to know
    which: which; which are; which is
    who: who; who is; who are; who was
    show: show; show me; display; get; get me; i want to see; i need; i would like to see
    list: list; give; give me; find; find me; return; tell me; provide; provide me; a list of;
    give a list of; give me a list of; provide a list of; provide me a list of; return a list of;
    provide me with a list of; show a list of; show me a list of; get a list of
    how much: how much; how much is; how much was
    compare: compare; compare the
    """
)

POLITE: Final = phrases(
    """
    please; can you; could you; hey; hi; hello; ok; so; now
    """
)

GLUE: Final = words(
    """
    a all also altogether an and any are at be been corresponding currently did do does during
    exist existing exists for from had has have having here i in into is it its me my of on our
    overall please recorded respectively that the their then there these this those to us was we
    were where which who whose with within you , . ;
    """
)
"""Words that may stand between elements and change nothing."""

YES_OR_NO: Final = words(
    """
    are can could did do does has have is was were will would
    """
)
"""What a question begins with that is answered by yes or no."""

FILLERS: Final = phrases(
    """
    in the world; listed; in the list; in the chart; in this table; in this list; on the list;
    on the chart; on this chart; on this list; in this chart; shown; mentioned;
    are there; is there; were there; was there; do we have; do you have; did we have; in total;
    according to this chart; according to this list; according to the table;
    in all; in the data; in the dataset; in the database; in the table; in our data; of all;
    for all; across all; yet; so far; inclusive; inclusive of both; inclusive of both dates;
    inclusive of start and end dates
    """
)

COUNTS: Final = phrases(
    """
    how many; number of; numbers of; total number of; the number of; count of; counts of;
    total count of; count; count the number of; count how many
    """
)

DISTINCT: Final = phrases(
    """
    distinct; different; unique; distinct types of; different types of
    """
)

ROW_WORDS: Final = words(
    """
    entry line observation record row
    """
)

COLUMN_WORDS: Final = words(
    """
    column field variable
    """
)

AGGREGATES: Final = meanings(
    """
    avg: average; avg; mean; average value
    median: median
    sum: total; sum; sum total; overall; combined
    max: maximum; max; maximal; highest; largest; greatest; biggest; latest; most recent
    min: minimum; min; minimal; lowest; smallest; earliest
    """
)

MOST: Final = meanings(
    """
    max: the most; most; the highest number of; the largest number of; the greatest number of;
    the maximum number of; highest number of; largest number of; greatest number of;
    maximum number of; the most number of; most number of
    min: the fewest; fewest; the least; least; the lowest number of; lowest number of;
    the smallest number of; smallest number of; the least number of; least number of;
    the fewest number of; fewest number of
    """
)

COMMON: Final = meanings(
    """
    max: most common; commonest; most frequent; most commonly used; most frequently used
    min: least common; rarest; least frequent
    """
)
"""Superlatives of how many rows hold a value."""

ADJECTIVES: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "oldest": ("max", ("age", "-birthdate", "-birthday", "-birth date", "-founded", "-built")),
    "youngest": ("min", ("age", "-birthdate", "-birthday", "-birth date")),
    "newest": ("max", ("date", "year", "founded", "built", "created", "release date")),
    "latest": ("max", ("date", "year", "timestamp", "time")),
    "most recent": ("max", ("date", "year", "timestamp", "time")),
    "earliest": ("min", ("date", "year", "timestamp", "time")),
    "largest": ("max", ("area", "size", "length", "population", "capacity")),
    "biggest": ("max", ("area", "size", "length", "population", "capacity")),
    "smallest": ("min", ("area", "size", "length", "population", "capacity")),
    "longest": ("max", ("length", "duration", "distance")),
    "shortest": ("min", ("length", "duration", "distance", "height")),
    "tallest": ("max", ("height",)),
    "highest": ("max", ("height", "elevation", "altitude")),
    "lowest": ("min", ("height", "elevation", "altitude")),
    "deepest": ("max", ("depth",)),
    "heaviest": ("max", ("weight", "mass")),
    "lightest": ("min", ("weight", "mass")),
    "fastest": ("max", ("speed", "velocity")),
    "slowest": ("min", ("speed", "velocity")),
    "most expensive": ("max", ("price", "cost")),
    "priciest": ("max", ("price", "cost")),
    "least expensive": ("min", ("price", "cost")),
    "cheapest": ("min", ("price", "cost")),
    "hottest": ("max", ("temperature",)),
    "warmest": ("max", ("temperature",)),
    "coldest": ("min", ("temperature",)),
    "wettest": ("max", ("rain", "rainfall", "precipitation")),
    "driest": ("min", ("rain", "rainfall", "precipitation")),
    "best selling": ("max", ("quantity", "unit", "unit sold", "sale", "quantity sold")),
    "top selling": ("max", ("quantity", "unit", "unit sold", "sale", "quantity sold")),
    "best rated": ("max", ("rating", "score")),
    "highest rated": ("max", ("rating", "score")),
    "worst rated": ("min", ("rating", "score")),
    "lowest rated": ("min", ("rating", "score")),
    "best paid": ("max", ("salary", "wage", "pay")),
    "highest paid": ("max", ("salary", "wage", "pay")),
    "lowest paid": ("min", ("salary", "wage", "pay")),
    "most populous": ("max", ("population",)),
    "most populated": ("max", ("population",)),
    "least populous": ("min", ("population",)),
}
"""Superlative -> direction and the columns it may rank by; "-" turns the direction round."""

COMPARATIVES: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "older than": (">", ("age",)),
    "younger than": ("<", ("age",)),
    "longer than": (">", ("length", "duration", "distance")),
    "shorter than": ("<", ("length", "duration", "distance", "height")),
    "taller than": (">", ("height",)),
    "heavier than": (">", ("weight", "mass")),
    "lighter than": ("<", ("weight", "mass")),
    "faster than": (">", ("speed", "velocity")),
    "slower than": ("<", ("speed", "velocity")),
    "more expensive than": (">", ("price", "cost")),
    "cheaper than": ("<", ("price", "cost")),
    "warmer than": (">", ("temperature",)),
    "hotter than": (">", ("temperature",)),
    "colder than": ("<", ("temperature",)),
}

COMPARISONS: Final = meanings(
    """
    >: above; over; more than; greater than; higher than; larger than; bigger than; exceeding;
    exceeds; exceed; >
    >=: at least; no less than; not less than; a minimum of; >=; ≥; greater than or equal to;
    more than or equal to
    <: below; under; less than; fewer than; lower than; smaller than; <
    <=: at most; no more than; not more than; up to; a maximum of; <=; ≤; less than or equal to
    =: exactly; equal to; equals; =
    <>: not equal to; !=; <>; ≠
    """
)

SUFFIXES: Final = meanings(
    """
    >=: or more; or higher; or above; or greater; or over; or older; and above; and over
    <=: or less; or fewer; or lower; or below; or younger; and below
    """
)

LACKING: Final = phrases(
    """
    never; without; without any; without a; with no; have no; has no; had no; do not have;
    do not have any; do not have a; does not have; does not have any; did not have;
    did not have any; did not have a; don't have; don't have any; doesn't have any;
    didn't have any; not have any; not have; there is no; there are no; there was no;
    there were no; there is not a single; there is not a; there isn't a; there is not any;
    there are not any; not a single
    """
)
"""What stands before a thing that there is none of."""

VERBS: Final = words(
    """
    across appear appears arranged arrive arrived arrives arriving assigned associated attend
    attended attends based belong belonging belongs border bordered bordering borders bought buy
    buys come comes competed composed contain contained contains create created creates cross
    crosses crossing depart departing departs direct directed directs employ employed employs
    enrolled flow flowing flows flying given held hire hired hires hiring hold holds include
    included includes issued landing leave leaves leaving lie lies live lived lives living
    located made make makes offer offered offers operate operated operates operating own owned
    owns participate participated participates pass passes passing perform performed performs
    place placed places play played plays post posted posts prescribe prescribed prescribes
    produce produced produces publish published publishes purchase purchased purchases ran
    receive received receives recorded registered related released run running runs scheduled
    sell sells serve served serves sing sings speak speaks spoken studied study take taken takes
    taught teach teaches through took traverse traversed traverses traversing use used uses
    visit visited visits work worked working works write writes written wrote
    """
)
"""Verbs of relations: skipped only where the tables relate in exactly one way."""

APPEARS: Final = words(
    """
    appear appeared appears listed occur occurred occurs
    """
)
"""Verbs of a thing that stands in a row: "how many times does Ann appear"."""

NEGATIONS: Final = phrases(
    """
    not; is not; are not; isn't; aren't; not in; not from; other than; except; except for;
    excluding; outside; outside of; not being; non
    """
)

GROUPERS: Final = phrases(
    """
    by; in terms of; according to; per; by each; for each; in each; of each; from each; on each;
    at each; for every; in every; each; every; across; across each; grouped by; group by;
    broken down by; break down by; split by; for different; for all different
    """
)

GRAINS: Final = meanings(
    """
    day: day; date
    week: week
    month: month
    quarter: quarter
    year: year
    weekday: weekday; day of the week; day of week
    hour: hour; hour of the day; hour of day
    """
)

GRAIN_ADJECTIVES: Final = meanings(
    """
    day: daily
    week: weekly
    month: monthly
    quarter: quarterly
    year: yearly; annual; annually
    """
)

TRENDS: Final = phrases(
    """
    over time; trend; trends; trend of; trend in; evolution of; trend for
    """
)

SORTERS: Final = phrases(
    """
    sorted by; sort by; sort them by; ordered by; order by; order them by; ranked by; sorted in;
    ordered in; in order of; and sort by; in ascending order of; in descending order of
    """
)

DIRECTIONS: Final = meanings(
    """
    ascending: ascending; in ascending order; asc; from lowest to highest;
    from smallest to largest; from low to high; lowest first; alphabetically;
    in alphabetical order; alphabetical order; in lexicographical order; from youngest to oldest;
    from the youngest to the oldest; from young to old; youngest first
    descending: from oldest to youngest; from the oldest to the youngest; from old to young;
    oldest first; descending; in descending order; desc;
    from highest to lowest; from the highest to the lowest; from largest to smallest;
    from high to low; highest first; largest first; most first
    """
)

TOPS: Final = meanings(
    """
    descending: top; best; highest; largest; biggest
    ascending: bottom; worst; lowest; smallest
    """
)

CHARTS: Final = meanings(
    """
    bar: bar; column
    line: line
    pie: pie; donut
    area: area
    scatter: scatter
    stacked: stacked bar
    grouped: grouped bar
    """
)

PICTURES: Final = meanings(
    """
    histogram: histogram of; a histogram of; distribution of
    scatter: scatter plot of; a scatter plot of
    """
)

CHART_NOUNS: Final = phrases(
    """
    chart; graph; plot; diagram
    """
)

CHART_VERBS: Final = phrases(
    """
    plot; chart; graph; draw; visualize; visualise
    """
)

SHARES: Final = phrases(
    """
    share of; percentage of; percent of; proportion of; percentage share of; percentage of total;
    percent of total; share of total; what percentage of; what percent of; what share of;
    what proportion of; what fraction of; fraction of
    """
)

SHARE_TAILS: Final = phrases(
    """
    as a percentage of the total; as a percentage of total; as percentage of total;
    as percent of total; as a percent of total; as a percent of the total; as a share of total;
    as a share of the total; as percentage; as a percentage; in percent
    """
)

FOLLOW_STARTS: Final = phrases(
    """
    and what about; and how about; what about; how about; and for; and in; and; only for;
    only in; only; just; now; now only; same for; the same for; but only; but; then
    """
)

FOLLOW_PREPOSITIONS: Final = words(
    """
    after as before by for from in per since where with
    """
)

FOLLOW_ENDS: Final = phrases(
    """
    instead; only; too; as well; also
    """
)

WHY: Final = words(
    """
    because cause could explain forecast predict reason recommend should why will would
    """
)

GREETINGS: Final = words(
    """
    bye greetings hello help hey hi test thank thanks yo
    """
)

COMMON_WORDS: Final = (
    GLUE
    | {"no", "not", "or", "us", "hi", "ok", "so", "more", "most", "than", "one", "two", "top"}
    | {"how", "many", "what", "show", "list", "give", "find", "only", "new", "old", "other"}
    | {"both", "same", "first", "last", "next", "number", "name", "total", "average", "each", "per"}
    | {"as", "be", "by", "he", "if", "she", "they", "will", "being", "there", "same"}
    | {"may", "march", "man", "high", "low", "up", "down", "out", "yes", "back"}
)
"""Words too common to be taken for a cell of the data unless written as one."""

VOCABULARY: Final = frozenset(
    word
    for phrases in (
        *(AGGREGATES, COUNTS, DISTINCT, GROUPERS, MOST, ADJECTIVES, COMPARISONS, COMPARATIVES),
        *(SORTERS, DIRECTIONS, TOPS, LEADS, TRENDS, NEGATIONS, LACKING, SHARES, SUFFIXES),
    )
    for phrase in phrases
    for word in phrase.split()
)
"""Every word that the tables above give a meaning to."""
