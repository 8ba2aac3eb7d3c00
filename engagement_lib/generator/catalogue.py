"""The content items: invented titles that hold what breaks CSV readers and pages."""

from __future__ import annotations

from typing import NamedTuple


class Item(NamedTuple):
    """One content item, the same on all platforms."""

    item_id: str
    item_type: str
    title: str
    web_cells: str  # item_id, item_type, item_title as the web tracker writes them
    mobile_cells: str  # the mobile tracker writes numeric ids as decimals
    mobile_cells_quoted: str  # and now and then a title in single quotes
    word_count: int  # 0: no text
    audio_seconds: int  # 0: no audio

    @property
    def formats(self) -> tuple[str, ...]:
        """How it can be taken in."""
        return ("text",) * (self.word_count > 0) + ("audio",) * (self.audio_seconds > 0)


def csv_cell(text: str) -> str:
    """A cell by RFC 4180: quoted only where it must be."""
    if any(mark in text for mark in ',"\n\r'):
        return '"' + text.replace('"', '""') + '"'
    return text


def _item(number: int, item_id: str, item_type: str, title: str) -> Item:
    mobile_id = item_id + ".0" if item_id.isdigit() else item_id
    wrapped = csv_cell("'" + title + "'")
    return Item(
        item_id,
        item_type,
        title,
        f"{item_id},{item_type},{csv_cell(title)}",
        f"{mobile_id},{item_type},{csv_cell(title)}",
        f"{mobile_id},{item_type},{wrapped}",
        0 if item_type == "episode" else 900 + number * 137 % 2600,
        0 if item_type == "article" or number % 11 == 7 else 420 + number * 211 % 1100,
    )


# Most popular first.
_TITLES = (
    ("1006", "book", "Slow Thoughts, Fast Days"),
    ("14783", "book", "Small Habits"),
    ("873", "book", "The Dawn Shift"),
    ("5578", "book", "A Traveller's Clock"),
    ("1906", "article", "Mending"),
    ("683645", "book", "The Growing Mind"),
    ("76602", "article", "Paradise for Beginners"),
    ("1099", "article", "City Papers"),
    ("2041", "book", 'The "Good Enough" Leader'),
    ("2042", "book", "Focus, Rest, Repeat"),
    ("2107", "guide", "Negotiate Without Fear"),
    ("2110", "episode", "Episode 12: The Quiet Room"),
    ("2218", "book", "Über Mut"),
    ("2219", "book", "L'été des idées"),
    ("2301", "book", "El año del cambio"),
    ("2302", "guide", "Money, Plainly Explained"),
    ("2377", "episode", "Why We Sleep In ☕"),
    ("2410", "book", "Rockets & Roots 🚀"),
    ("2455", "book", "كتاب الصباح الهادئ"),
    ("2456", "book", "ספר הלילה"),
    ("2500", "book", "Two Lines\nOne Thought"),
    ("2512", "guide", "Read This First; Then That"),
    ("2533", "book", "Deep Water"),
    ("2534", "book", "The Friendly Sceptic"),
    ("2601", "article", "Ten Rules, or Nine"),
    ("2644", "book", "Kitchen Chemistry"),
    ("2702", "episode", 'They Said "No"'),
    ("2760", "book", "The Last Spreadsheet"),
    ("2811", "book", "Walking Meetings"),
    ("2812", "book", "静かな力"),
    ("2840", "guide", "Sleep: A Manual"),
    ("2899", "book", "O jardim das perguntas"),
    ("2950", "book", "La mente curiosa"),
    ("3001", "article", "50 % Less, 100 % Enough"),
    ("3002", "book", "Candour"),
    ("3077", "book", "The Ferry Problem"),
    ("3120", "episode", "Live from Gate 4"),
    ("3188", "book", "Letters to a Young Analyst"),
    ("3201", "book", "Nine Kinds of Courage"),
    ("3255", "guide", "Learn a Language in Small Bites"),
    ("3301", "book", "The Lighthouse Method"),
    ("3333", "book", "Threefold"),
    ("3406", "book", "Stories, Statistics, and Soup"),
    ("3410", "article", "An Hour Offline"),
    ("3555", "book", "The Patient Gardener"),
    ("3608", "book", "Maps of Attention"),
    ("3702", "episode", "What's Next? (Part 2)"),
    ("3799", "book", "Honest Work"),
    ("3810", "book", "A Short History of Ladders"),
    ("3901", "guide", "Better Feedback <b>Now</b>"),
    ("4004", "book", "Not Found"),
    ("4100", "book", "The Orchard Economy"),
    ("4242", "book", "Answers"),
    ("4307", "article", "C:\\Users\\Me\\"),
    ("4410", "book", "Cold Start"),
    ("4508", "book", "Family 👨‍👩‍👧 Time"),
    ("4602", "episode", "=SUM(Lessons)"),
    ("4711", "book", "Cologne Mornings"),
    ("micro-12", "guide", "One Minute of Calm"),
    ("micro-13", "guide", "One Minute of Courage"),
)

ITEMS = tuple(_item(number, *row) for number, row in enumerate(_TITLES))
ITEM_BY_ID = {item.item_id: item for item in ITEMS}
