"""What Spark needs on a laptop, put into the virtual environment once: Delta's jars, a Java, settings, a class archive.

``python -m engagement_lib.runtime`` (``make setup`` calls it) does it; afterwards a plain ``spark-submit`` of that environment, a
notebook and pytest need no option, no variable and no network. On a cluster none of this runs: there the jars come with
``--packages`` or from the cluster's own image.
"""
