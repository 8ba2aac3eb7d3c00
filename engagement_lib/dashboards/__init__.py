"""Dashboards: pages declared as values, rendered from gold and operations tables into files that work offline."""
