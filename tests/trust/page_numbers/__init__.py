"""Numbers on the pages of the sample's lake: for each page where they stand, and what SQL over gold and ops says that they are.

    python -m tests.trust.page_numbers --lake lake --dashboards dashboards

The statements know nothing of the pages: where it is short they count the facts again instead of reading the report that a tile shows.
"""

from collections.abc import Mapping

from tests.trust.page_numbers.data_quality import DATA_QUALITY
from tests.trust.page_numbers.funnel import FUNNEL
from tests.trust.page_numbers.improvements import IMPROVEMENTS
from tests.trust.page_numbers.marketing import MARKETING
from tests.trust.page_numbers.number import BY_FILTER, DEFAULT, EVERY_FILTER, RANGE, Choice, Number
from tests.trust.page_numbers.overview import OVERVIEW
from tests.trust.page_numbers.product import PRODUCT
from tests.trust.page_numbers.segmentation import SEGMENTATION

NUMBERS: Mapping[str, tuple[Number, ...]] = {
    "index.html": OVERVIEW,
    "segmentation.html": SEGMENTATION,
    "funnel.html": FUNNEL,
    "improvements.html": IMPROVEMENTS,
    "product.html": PRODUCT,
    "marketing.html": MARKETING,
    "data_quality.html": DATA_QUALITY,
}
#: The filters that each page has besides the range of dates.
FILTERS = {file: EVERY_FILTER for file in NUMBERS} | {"improvements.html": (), "marketing.html": ("platform",)}


def views() -> list[tuple[str, Choice]]:
    """Each page under each choice that it offers."""
    return [(file, choice) for file in NUMBERS for choice in (DEFAULT, RANGE, *(BY_FILTER[name] for name in FILTERS[file]))]
