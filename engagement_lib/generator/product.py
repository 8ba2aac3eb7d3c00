"""What the product itself is made of, as its own systems list it: content items, features, experiments and variants."""

from __future__ import annotations

from collections.abc import Iterator

from engagement_lib.generator.catalogue import ITEMS, Item
from engagement_lib.generator.clock import HOUR, timestamp
from engagement_lib.generator.experiments import CONTROL, EXPERIMENTS, VARIANTS
from engagement_lib.generator.features import FEATURES
from engagement_lib.generator.population import Population
from engagement_lib.generator.records import Record

CONTENT_COLUMNS = ("item_id", "item_type", "title", "word_count", "audio_seconds", "has_text", "has_audio", "updated_at")
FEATURE_COLUMNS = ("feature_id", "name", "launched_at", "eligible_access_types")
EXPERIMENT_COLUMNS = ("experiment_id", "name", "started_at", "ended_at", "primary_metric", "updated_at")
VARIANT_COLUMNS = ("experiment_id", "variant", "weight", "is_control")

LISTED = -30  # the day on which the systems were filled
REVISED = 40  # the day on which some texts were revised
_UNMEASURED = "micro-13"  # nobody has counted its words


def content_items(population: Population) -> Iterator[Record]:
    """The items, of which some were revised and are longer since."""
    for number, item in enumerate(ITEMS):
        yield _content_item(population.instant(LISTED), item, item.word_count)
        if number % 20 == 3 and item.word_count:
            yield _content_item(population.instant(REVISED) + 9 * HOUR, item, item.word_count + 150)


def features(population: Population) -> Iterator[Record]:
    """The features, those that are only planned among them."""
    for feature in FEATURES:
        launched = timestamp(population.instant(feature.launch_day))
        yield Record(population.instant(LISTED), (feature.feature_id, feature.name, launched, ";".join(feature.eligible)))


def experiments(population: Population) -> Iterator[Record]:
    """The experiments as they were planned, and those that ended as they ended."""
    for experiment in EXPERIMENTS:
        started = timestamp(population.instant(experiment.first_day))
        told = (experiment.experiment_id, experiment.name, started)
        listed = population.instant(LISTED)
        yield Record(listed, (*told, "", "content_completions", timestamp(listed)))
        if experiment.last_day is not None:
            ended = population.instant(experiment.last_day + 1)
            yield Record(ended, (*told, timestamp(ended), "content_completions", timestamp(ended)))


def variants(population: Population) -> Iterator[Record]:
    """The variants; half of the users are meant for each, whatever they get."""
    for experiment in EXPERIMENTS:
        for variant in VARIANTS:
            is_control = "true" if variant == CONTROL else "false"
            yield Record(population.instant(LISTED), (experiment.experiment_id, variant, "50", is_control))


def _content_item(instant: int, item: Item, word_count: int) -> Record:
    words, seconds = str(word_count or ""), str(item.audio_seconds or "")
    if item.item_id == _UNMEASURED:
        words = ""
    has_text, has_audio = (str(form in item.formats).lower() for form in ("text", "audio"))
    return Record(instant, (item.item_id, item.item_type, item.title, words, seconds, has_text, has_audio, timestamp(instant)))
