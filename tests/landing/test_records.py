"""The record rule: what is one record, and how reading finds its way back after a broken one."""

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engagement_lib.landing.fields import shape_of, values_of
from engagement_lib.landing.records import MAX_RECORD_BYTES, MAX_RECORD_LINES, Grammar, scan
from engagement_lib.landing.rectangles import count_rectangular

FOUR = Grammar(4, b"event_name,user_id,item_id,item_title")


def raws(text: str, grammar: Grammar = FOUR) -> list[tuple[str, bool]]:
    """(text, can be parsed) of each record."""
    return [(record.raw.decode(), not record.fault) for record in scan(text.encode(), grammar, is_last=True).records]


def test_a_legal_line_break_in_quotes_stays_in_one_record() -> None:
    assert raws('a,b,c,"x\ny"\r\nd,"p\r\n\r\nq",e,f\n') == [('a,b,c,"x\ny"', True), ('d,"p\r\n\r\nq",e,f', True)]


def test_an_open_quote_costs_one_record_though_a_later_quote_seems_to_close_it() -> None:
    text = 'a,b,c,"open\nd,e,f,g\nh,i,j,"Thinking, Fast"\nk,l,m,n\n'
    assert raws(text) == [('a,b,c,"open', False), ("d,e,f,g", True), ('h,i,j,"Thinking, Fast"', True), ("k,l,m,n", True)]


def test_an_open_quote_that_closes_with_the_right_number_of_fields_still_swallows_nothing() -> None:
    text = 'a,b,c,"open\nd,e,f,g\nh,", then",j,k\n'
    assert raws(text) == [('a,b,c,"open', False), ("d,e,f,g", True), ('h,", then",j,k', True)]


def test_a_whole_record_between_two_single_quotes_is_not_swallowed() -> None:
    assert raws('a,b,c,"open\nd,e,f,g\nx"\n') == [('a,b,c,"open', False), ("d,e,f,g", True), ('x"', False)]


def test_a_record_that_parses_only_with_a_quote_inside_an_unquoted_field_is_no_record_of_two_lines() -> None:
    assert raws('a,"open\nh,", then",k\n') == [('a,"open', False), ('h,", then",k', False)]


def test_each_of_two_open_quotes_costs_one_record() -> None:
    text = 'a,b,c,"open\nd,e,f,g\nh,i,j,"open\nk,l,m,n\n'
    assert raws(text) == [('a,b,c,"open', False), ("d,e,f,g", True), ('h,i,j,"open', False), ("k,l,m,n", True)]


def test_a_quoted_text_may_hold_lines_with_commas() -> None:
    text = 'a,b,c,"one, two\nthree, four, five\n"\n'
    assert raws(text) == [(text[:-1], True)]


def test_a_quoted_text_of_too_many_lines_is_an_open_quote() -> None:
    within = 'a,b,c,"' + "x\n" * (MAX_RECORD_LINES - 1) + '"\n'
    beyond = 'a,b,c,"' + "x\n" * MAX_RECORD_LINES + '"\n'
    assert [is_whole for _, is_whole in raws(within)] == [True]
    assert len(raws(beyond)) == MAX_RECORD_LINES + 1
    assert not any(is_whole for _, is_whole in raws(beyond))


def test_a_quotation_mark_inside_an_unquoted_field_is_text() -> None:
    assert raws('a,5" disk,c,say "x" loud\nd,e,f,g\n') == [('a,5" disk,c,say "x" loud', True), ("d,e,f,g", True)]


def test_a_stray_carriage_return_ends_a_record_only_where_that_gives_the_right_fields() -> None:
    assert raws("a,b,c,x\ry\n") == [("a,b,c,x\ry", True)]
    assert raws("a,b,c,d\re,f,g,h\n") == [("a,b,c,d", True), ("e,f,g,h", True)]


def test_a_record_that_may_go_on_is_left_for_the_next_chunk() -> None:
    found = scan(b'a,b,c,d\ne,f,g,"open\n', FOUR, is_last=False)
    assert ([record.raw for record in found.records], found.consumed, found.lines) == ([b"a,b,c,d"], 8, 1)


def test_a_line_of_several_records_is_left_whole_where_the_last_of_them_may_go_on() -> None:
    """Without its second half, ``e"`` would close the quoted field that is open in the line before."""
    found = scan(b'a,b,c,"d\ne"\rf,g,h,"open\n', FOUR, is_last=False)
    assert ([record.raw for record in found.records], found.consumed, found.lines) == ([b'a,b,c,"d'], 9, 1)


@pytest.mark.parametrize(
    "text",
    [
        "a,b,c,d\n",
        "a,b,c,d",
        "a,b,c,d\n\n\ne,f,g,h\n",
        ",,,\n,,,\n",
        'a,"b,b",c,d\n"","""",c,"x""y"\n',
        "a,b,c,d\r\ne,f,g,h\r\n",
        'a,b,c,"d\nd"\ne,"f\nf","g\n,g",h\n',
        'a,b,c,"d\r\nd"\r\ne,"f\nf",g,h\r\n',
    ],
)
def test_rectangles_are_counted_as_the_slow_way_counts_them(text: str) -> None:
    assert count_rectangular(text.encode(), FOUR) == len(raws(text))


@pytest.mark.parametrize(
    "text",
    [
        "a,b,c\n",
        "a,b,c,d,e\n",
        "a,b\na,b,c,d,e,f\n",
        "abc\na,b,c,d\n",
        "  \na,b,c,d\n",
        'a,b,c,"d\n',
        'a,b,c,"open\nd,e,f,"closed"\n',
        'a,b,c,"d\n\nd"\n',
        'a,b,c,"d\n""d"\n',
        'a,b,c,"d\ne,e,e,e"\n',
        'a,b,"c\nc",d,"e\n"\n',
        'a,b,c,"' + "d\n" * (MAX_RECORD_LINES // 4) + '"\n',
        'a,b,c,"d\n' + "d" * (MAX_RECORD_BYTES // 4) + '"\n',
        'a,b,c,"d"d\n',
        'a,b,c,d "e,f" g\n',
        'a,5" x,c,6" y\n',
        "a,b,c,d\re,f,g,h\n",
        "a,b,c,d\0\n",
        "event_name,user_id,item_id,item_title\n",
    ],
)
def test_what_is_no_certain_rectangle_is_left_to_the_slow_way(text: str) -> None:
    assert count_rectangular(text.encode(), FOUR) is None


PIECES = st.sampled_from(["a", ",", '"', "\n", '"\n', ',"', '",', "a,a,a,a\n", 'a,a,a,"a\na"\n', '"a,\na","a","",a\n', 'a,"a\n'])


@settings(max_examples=2000, deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join), st.sampled_from(["\n", "\r\n", "\r"]))
@example('"abc"\na,b,c,"d\n\nd"\n', "\n")
def test_where_rectangles_are_certain_the_slow_way_finds_as_many_sound_records(text: str, line_end: str) -> None:
    grammar, text = replace(FOUR, has_cr_lines=line_end == "\r"), text.replace("\n", line_end)
    records = count_rectangular(text.encode(), grammar)
    assert records is None or [True] * records == [is_sound for _, is_sound in raws(text, grammar)]


def test_in_a_file_of_one_column_a_line_of_blanks_is_no_record() -> None:
    one = Grammar(1, b"user_id")
    assert count_rectangular(b"a\n \nb\n", one) is None
    assert raws("a\n \nb\n", one) == [("a", True), ("b", True)]


@pytest.mark.parametrize("text", ['a,"b",""', '"a""","""b",,', '"x,""y"",z"', ",", "", '"\r\n"'])
def test_values_are_those_of_the_standard_library(text: str) -> None:
    expected = next(csv.reader(io.StringIO(text, newline=""), strict=True), [""])
    assert values_of(text.encode()) == expected
    assert shape_of(text.encode()) == (len(expected), "")
