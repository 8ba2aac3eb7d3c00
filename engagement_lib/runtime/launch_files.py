"""The files that make a plain ``spark-submit`` of this environment find its Spark, its Java and its settings."""

import re
import shutil
import sys
from pathlib import Path
from shlex import quote

# PySpark's own script asks whatever `python3` is first on the PATH where Spark is, and fails outside an activated environment.
FIND_SPARK_HOME = """\
# Made by `python -m engagement_lib.runtime`; Spark's commands in this folder read it.
export SPARK_HOME={spark_home}
"""

SPARK_ENV = """\
# Made by `python -m engagement_lib.runtime`; each start of Spark in this environment reads it.
JAVA_HOME={java_home}
[ -n "${{PYSPARK_PYTHON:-}}" ] || PYSPARK_PYTHON={python}
"""

JAVA_OPTIONS = re.compile(r"^(spark\.driver\.defaultJavaOptions\s.*)$", re.MULTILINE)


def install_launch_files(spark_home: Path, java_home: Path, settings: Path, java_options: str = "") -> None:
    """Writes Spark's settings folder and the environment's ``find-spark-home``.

    ``settings`` is the repository's ``conf`` folder; ``java_options`` only fit this environment and are added to those in it.
    """
    conf = spark_home / "conf"
    conf.mkdir(exist_ok=True)
    shutil.copyfile(settings / "log4j2.properties", conf / "log4j2.properties")
    defaults = (settings / "spark-defaults.conf").read_text()
    (conf / "spark-defaults.conf").write_text(JAVA_OPTIONS.sub(lambda line: f"{line[1]} {java_options}".rstrip(), defaults))
    (conf / "spark-env.sh").write_text(SPARK_ENV.format(java_home=quote(str(java_home)), python=quote(sys.executable)))
    (Path(sys.prefix) / "bin" / "find-spark-home").write_text(FIND_SPARK_HOME.format(spark_home=quote(str(spark_home))))
