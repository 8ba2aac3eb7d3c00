"""The dashboards: one module per page. A tile is one line; which filters it follows comes from its table."""

from engagement_lib.dashboards.pages.data_quality import DATA_QUALITY
from engagement_lib.dashboards.pages.funnel import FUNNEL
from engagement_lib.dashboards.pages.improvements import IMPROVEMENTS
from engagement_lib.dashboards.pages.main import MAIN
from engagement_lib.dashboards.pages.marketing import MARKETING
from engagement_lib.dashboards.pages.product import PRODUCT
from engagement_lib.dashboards.pages.segmentation import SEGMENTATION
from engagement_lib.dashboards.tile import Page

PAGES: tuple[Page, ...] = (MAIN, SEGMENTATION, FUNNEL, IMPROVEMENTS, PRODUCT, MARKETING, DATA_QUALITY)
