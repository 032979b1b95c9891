"""What a statement may be made of: node types of the tree, functions, table functions, types.

Everything else is refused. A function is here when it only computes from its arguments, always
gives the same for the same, and is re-rendered to what was written.
"""

from __future__ import annotations

from sqlglot import exp

NODES: frozenset[type[exp.Expr]] = frozenset({
    # queries
    exp.Select, exp.Subquery, exp.Union, exp.Except, exp.Intersect, exp.With, exp.CTE, exp.Values,
    exp.From, exp.Join, exp.Lateral, exp.Unnest, exp.Explode, exp.Pivot, exp.PivotAlias,
    exp.UnpivotColumns, exp.TableSample, exp.Where, exp.Group, exp.GroupingSets, exp.Cube,
    exp.Rollup, exp.Having, exp.Qualify, exp.Order, exp.Ordered, exp.Limit, exp.LimitOptions,
    exp.Offset, exp.Distinct, exp.Table, exp.TableAlias, exp.RecursiveWithSearch,
    # names and values
    exp.Identifier, exp.Column, exp.Star, exp.Columns, exp.Alias, exp.Dot, exp.PositionalColumn,
    exp.Literal, exp.Boolean, exp.Null, exp.Interval, exp.Var, exp.Placeholder, exp.CurrentDate,
    exp.Paren, exp.Tuple, exp.Array, exp.Struct, exp.Map, exp.ToMap, exp.PropertyEQ, exp.Slice,
    exp.Bracket, exp.Comprehension, exp.Lambda, exp.DataType, exp.DataTypeParam, exp.ColumnDef,
    # operators
    exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Pow, exp.Neg, exp.Abs, exp.DPipe,
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is,
    exp.NullSafeEQ, exp.NullSafeNEQ, exp.Between, exp.In, exp.Like, exp.ILike, exp.Escape,
    exp.SimilarTo, exp.RegexpLike, exp.StartsWith, exp.Any, exp.All, exp.Exists, exp.BitwiseAnd,
    exp.BitwiseOr, exp.BitwiseNot, exp.BitwiseLeftShift, exp.BitwiseRightShift, exp.ArrayOverlaps,
    exp.ArrayContainsAll, exp.ArrayContainedBy, exp.JSONExtract, exp.JSONExtractScalar,
    exp.AtTimeZone,
    exp.Collate, exp.Glob,
    # calls with a syntax of their own; all others are Anonymous and looked up in FUNCTIONS
    exp.Anonymous, exp.Case, exp.If, exp.Cast, exp.TryCast, exp.Extract, exp.StrPosition, exp.Trim,
    exp.Substring, exp.Window, exp.WindowSpec, exp.Filter, exp.WithinGroup, exp.IgnoreNulls,
    exp.RespectNulls, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue,
    exp.PercentileCont, exp.PercentileDisc,
})  # fmt: skip

AGGREGATES = """
any_value approx_count_distinct approx_quantile approx_top_k arbitrary arg_max arg_max_null arg_min
arg_min_null argmax argmin array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count count_if
countif covar_pop covar_samp entropy favg first fsum geomean geometric_mean group_concat grouping
grouping_id histogram histogram_exact kahan_sum kurtosis kurtosis_pop last list listagg mad max
max_by mean median min min_by mode product quantile quantile_cont quantile_disc regr_avgx regr_avgy
regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy sem skewness stddev
stddev_pop stddev_samp string_agg sum sumkahan var_pop var_samp variance wavg weighted_avg
"""

WINDOWS = "cume_dist dense_rank fill ntile percent_rank rank rank_dense row_number"

NUMBERS = """
abs acos acosh add asin asinh atan atan2 atanh bin binom bit_count cbrt ceil ceiling cos cosh cot
degrees divide even exp factorial fdiv floor fmod format_bytes formatreadabledecimalsize
formatreadablesize gamma gcd greatest greatest_common_divisor hex isfinite isinf isnan lcm least
least_common_multiple lgamma ln log log10 log2 mod multiply nextafter pi pow power radians round
round_even roundbankers sign signbit sin sinh sqrt subtract tan tanh to_base trunc xor
"""

TEXT = """
array_to_string array_to_string_comma_default ascii bar base64 bit_length char_length
character_length chr concat concat_ws contains damerau_levenshtein editdist3 ends_with format
from_base64 from_hex hamming hash instr jaccard jaro_similarity jaro_winkler_similarity lcase left
left_grapheme len length length_grapheme levenshtein lower lpad ltrim md5 md5_number mismatches
nfc_normalize octet_length ord parse_dirname parse_dirpath parse_filename parse_formatted_bytes
parse_path prefix printf regexp_escape regexp_extract regexp_extract_all regexp_full_match
regexp_matches regexp_replace regexp_split_to_array repeat replace reverse right right_grapheme rpad
rtrim sha1 sha256 split split_part starts_with str_split str_split_regex string_split
string_split_regex string_to_array strip_accents strlen strpos substr substring_grapheme suffix
to_base64 to_hex translate trim ucase unbin unhex unicode upper url_decode url_encode
"""

TIMES = """
age century date_add date_diff date_part date_sub date_trunc datediff datepart datesub datetrunc day
dayname dayofmonth dayofweek dayofyear days_in_month decade epoch epoch_ms epoch_ns epoch_us era
hour isodow isoyear julian last_day make_date make_time make_timestamp make_timestamp_ms
make_timestamp_ns make_timestamptz microsecond millennium millisecond minute month monthname
nanosecond quarter second strftime strptime time_bucket timezone to_centuries to_days to_decades
to_hours to_microseconds to_millennia to_milliseconds to_minutes to_months to_quarters to_seconds
to_timestamp to_weeks to_years try_strptime week weekday weekofyear year yearweek
"""

NESTED = """
aggregate apply array_aggr array_aggregate array_append array_apply array_cat array_concat
array_contains array_cosine_distance array_cosine_similarity array_cross_product array_distance
array_distinct array_dot_product array_extract array_filter array_grade_up array_has array_has_all
array_has_any array_indexof array_inner_product array_intersect array_length array_pop_back
array_pop_front array_position array_prepend array_push_back array_push_front array_reduce
array_resize array_reverse array_reverse_sort array_select array_slice array_sort array_transform
array_unique array_value array_where array_zip cardinality element_at filter flatten generate_series
generate_subscripts grade_up list_aggr list_aggregate list_any_value list_append list_apply
list_approx_count_distinct list_avg list_bit_and list_bit_or list_bit_xor list_bool_and list_bool_or
list_cat list_concat list_contains list_cosine_distance list_cosine_similarity list_count
list_distance list_distinct list_dot_product list_element list_entropy list_extract list_filter
list_first list_grade_up list_has list_has_all list_has_any list_histogram list_indexof
list_inner_product list_intersect list_kurtosis list_kurtosis_pop list_last list_mad list_max
list_median list_min list_mode list_pack list_position list_prepend list_product list_reduce
list_resize list_reverse list_reverse_sort list_select list_sem list_skewness list_slice list_sort
list_stddev_pop list_stddev_samp list_string_agg list_sum list_transform list_unique list_value
list_var_pop list_var_samp list_where list_zip map_concat map_contains map_contains_entry
map_contains_value map_entries map_extract map_extract_value map_from_entries map_keys map_values
range reduce row struct_concat struct_contains struct_extract struct_extract_at struct_has
struct_indexof struct_insert struct_keys struct_pack struct_position struct_update struct_values
"""

JSON = """
array_to_json from_json json_array json_array_length json_contains json_exists json_extract
json_extract_path json_extract_path_text json_extract_string json_group_array json_group_object
json_keys json_merge_patch json_object json_pretty json_quote json_structure json_transform
json_type json_valid json_value row_to_json to_json
"""

OTHER = """
coalesce equi_width_bins error ifnull is_histogram_other_bin nullif try typeof
"""

FUNCTIONS = frozenset(
    " ".join((AGGREGATES, WINDOWS, NUMBERS, TEXT, TIMES, NESTED, JSON, OTHER)).split()
)

TABLE_FUNCTIONS = frozenset({"range", "generate_series"})
"""In FROM; `unnest` has a node of its own."""

CHANGING = frozenset(
    [
        "ago",
        "current_date",
        "current_localtime",
        "current_localtimestamp",
        "current_time",
        "current_timestamp",
        "gen_random_uuid",
        "get_current_time",
        "get_current_timestamp",
        "localtime",
        "localtimestamp",
        "now",
        "random",
        "reservoir_quantile",
        "setseed",
        "today",
        "transaction_timestamp",
        "uuid",
        "uuidv4",
        "uuidv7",
    ]
)
"""Functions that give something else each time, or each day."""

VALUE_NAMES = frozenset(
    [
        "current_catalog",
        "current_date",
        "current_role",
        "current_schema",
        "current_time",
        "current_timestamp",
        "current_user",
        "localtime",
        "localtimestamp",
        "session_user",
        "user",
    ]
)
"""Names that the engine reads as a function where no column has them, quoted or not."""

WRITING: tuple[type[exp.Expr], ...] = (
    exp.DML, exp.DDL, exp.Command, exp.Into, exp.Lock, exp.Set, exp.Describe, exp.Summarize,
    exp.Show, exp.Pragma, exp.Attach, exp.Detach, exp.Drop, exp.TruncateTable, exp.Use, exp.Copy,
)  # fmt: skip
"""Nodes that change or show something: refused in clearer words."""

TYPES = frozenset({
    exp.DType.BOOLEAN, exp.DType.TINYINT, exp.DType.SMALLINT, exp.DType.INT, exp.DType.BIGINT,
    exp.DType.INT128, exp.DType.UTINYINT, exp.DType.USMALLINT, exp.DType.UINT, exp.DType.UBIGINT,
    exp.DType.UINT128, exp.DType.FLOAT, exp.DType.DOUBLE, exp.DType.DECIMAL, exp.DType.TEXT,
    exp.DType.VARCHAR, exp.DType.VARBINARY, exp.DType.DATE, exp.DType.TIME, exp.DType.TIMESTAMP,
    exp.DType.TIMESTAMPNTZ, exp.DType.TIMESTAMPTZ, exp.DType.TIMESTAMP_S, exp.DType.TIMESTAMP_MS,
    exp.DType.TIMESTAMP_NS, exp.DType.INTERVAL, exp.DType.JSON, exp.DType.UUID, exp.DType.ARRAY,
    exp.DType.LIST, exp.DType.STRUCT, exp.DType.MAP, exp.DType.BIT,
})  # fmt: skip
