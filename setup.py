"""The wheel of the job package; ``requirements.txt`` and ``requirements-dev.txt`` hold the full pinned sets."""

from setuptools import find_packages, setup

TEST = ["chispa==0.12.0", "pytest==9.2.0", "hypothesis==6.170.17", "duckdb==2.0.1", "scipy==1.17.1", "playwright==1.65.2"]
LINT = ["ruff==0.17.6"]

setup(
    name="engagement-lakehouse",
    version="0.1.0",
    description="Engagement events from landing files to trustworthy Delta tables, reports and dashboards.",
    packages=find_packages(include=["engagement_lib", "engagement_lib.*"]),
    package_data={f"engagement_lib.{part}": ["assets/*"] for part in ("dashboards", "docs", "web")},
    python_requires=">=3.11",
    install_requires=[
        "pyspark==4.2.0",
        "py4j==0.10.9.9",
        "delta-spark==4.4.0",
        "pyarrow==26.0.1",
        "pyyaml==6.0.4",
        "babel==2.18.0",
        "jinja2==3.1.6",
        "markupsafe==3.0.4",
        "vl-convert-python==1.9.0.post1",
    ],
    extras_require={"test": TEST, "dev": TEST + LINT},
    entry_points={"console_scripts": ["engagement = engagement_lib.cli:main"]},
)
