"""Translates a folder by Spark: spark-submit --master local[2] spark.py GRAPH IMAGES OUT, or python spark.py … with pyspark installed"""
import argparse
import os
import sys

from pyspark.sql import SparkSession


def translate(rows, graph, images, out, seed):
    """One partition: the graph is loaded once."""
    from munit_onnx import Translator

    translator = Translator(graph)
    for row in rows:
        name = os.path.relpath(row.path.removeprefix("file:"), images)
        path = os.path.join(out, f"{os.path.splitext(name)[0]}.png")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        (png,) = translator([bytes(row.content)], [translator.style(seed, name)])
        with open(path, "wb") as file:
            file.write(png)
        yield path


def main():
    parser = argparse.ArgumentParser()
    for name in ("graph", "images", "out"):
        parser.add_argument(name, type=os.path.abspath)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    here = os.path.dirname(os.path.abspath(__file__))
    # On a cluster, munit_torch and munit_onnx.py must be installed on the workers, or this folder be at the same path there.
    modules = os.pathsep.join([here, os.path.dirname(here)])
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ["PYTHONPATH"] = modules
    spark = SparkSession.builder.appName("munit").master(os.environ.get("SPARK_MASTER", "local[2]")).config("spark.executorEnv.PYTHONPATH", modules).getOrCreate()
    graph, images, out, seed = options.graph, options.images, options.out, options.seed
    files = spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(images).select("path", "content")
    written = files.repartition(4).rdd.mapPartitions(lambda rows: translate(rows, graph, images, out, seed)).collect()
    print(f"{len(written)} translated")
    spark.stop()


main()
