#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Read what /metrics says with a parser that is not ours, and check samples.

usage: metrics.py FILE [SAMPLE COMPARISON NUMBER]...

SAMPLE is a name, with labels or without: e4d_requests_total{code="200",method="NewTopic"}.
Exit code 1: it is no OpenMetrics text, or a comparison does not hold; a sample that is not
there is 0.
"""
import operator
import re
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families

COMPARISONS = {"=": operator.eq, ">=": operator.ge, "<=": operator.le, ">": operator.gt}


def value_of(families, wanted):
    name, labels = re.fullmatch(r"(\w+)(?:\{(.*)\})?", wanted).groups()
    labels = dict(re.findall(r'(\w+)="([^"]*)"', labels or ""))
    return sum(sample.value for family in families for sample in family.samples
               if sample.name == name and
               all(sample.labels.get(key) == value for key, value in labels.items()))


def main(path, *claims):
    with open(path, encoding="utf-8") as file:
        families = list(text_string_to_metric_families(file.read()))
    assert len({family.name for family in families}) == len(families)
    assert all(family.documentation for family in families)
    failed = 0
    for sample, comparison, number in zip(claims[0::3], claims[1::3], claims[2::3]):
        found = value_of(families, sample)
        if not COMPARISONS[comparison](found, float(number)):
            print(f"{sample} is {found}, not {comparison} {number}", file=sys.stderr)
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
