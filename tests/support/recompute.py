"""Recomputes the summary of a run from the lines of its JSON output, sample by sample and without the engine's help."""

import csv
import gzip
import json
import math
import re

BOUND = 0.0014  # how far a histogram's quantile may be from the larger of the samples around it


def opened(path):
    return gzip.open(path, "rt", encoding="utf-8") if path.endswith(".gz") else open(path, encoding="utf-8", newline="")


def read_points(path):
    """Metrics by name (the "data" of their lines) and points in the order of the file. A point before its metric's
    line is an error."""
    metrics, points = {}, []
    with opened(path) as lines:
        for line in lines:
            entry = json.loads(line)
            if entry["type"] == "Metric":
                if entry["metric"] in metrics:
                    raise ValueError(f"a second line of {entry['metric']}")
                metrics[entry["metric"]] = entry["data"]
            elif entry["metric"] in metrics:
                points.append(entry)
            else:
                raise ValueError(f"a point of {entry['metric']} before its metric")
    return metrics, points


def rows_by_metric(path):
    """How many rows a CSV output has of each metric."""
    counts = {}
    with opened(path) as text:
        for row in csv.DictReader(text):
            counts[row["metric_name"]] = counts.get(row["metric_name"], 0) + 1
    return counts


def quantile(values, share):
    """By linear interpolation as k6 does it, and the sample above it."""
    position = (len(values) - 1) * share
    below, above = values[math.floor(position)], values[math.ceil(position)]
    return below + (above - below) * (position - math.floor(position)), above


def share_of(stat):
    if stat == "med":
        return 0.5
    return float(re.fullmatch(r"p\(([\d.]+)\)", stat)[1]) / 100


class Checker:
    """Compares an exported summary with points; `problems` says where they differ."""

    def __init__(self, summary, metrics, points):
        self.summary = summary
        self.metrics = metrics
        self.points = points
        self.problems = []

    def exported(self):
        return {**self.summary["metrics"], **self.summary.get("loadrun", {}).get("metrics", {})}

    def samples(self, key):
        """The points of a metric or of a sub-metric."""
        name, brace, inside = key.partition("{")
        tags = dict(pair.split(":", 1) for pair in inside.rstrip("}").replace('"', "").split(",")) if brace else {}
        return [
            point["data"]
            for point in self.points
            if point["metric"] == name and all(point["data"]["tags"].get(tag, "") == tags[tag] for tag in tags)
        ]

    def expect(self, what, exported, computed, tolerance=0.0):
        if abs(exported - computed) > tolerance:
            self.problems.append(f"{what}: {exported} in the summary, {computed} from the samples")

    def check(self):
        exported = self.exported()
        missing = {point["metric"] for point in self.points} - set(exported)
        self.problems += [f"{name} is missing in the summary" for name in missing]
        for key, values in exported.items():
            samples = self.samples(key)
            if samples:
                getattr(self, self.metrics[key.partition("{")[0]]["type"])(key, values, samples)
        self.check_groups(self.summary["root_group"])
        return self.problems

    def counter(self, key, values, samples):
        total = math.fsum(sample["value"] for sample in samples)
        self.expect(f"{key} count", values["count"], total, 1e-9 * abs(total))

    def gauge(self, key, values, samples):
        numbers = [sample["value"] for sample in samples]
        self.expect(f"{key} min", values["min"], min(numbers))
        self.expect(f"{key} max", values["max"], max(numbers))
        latest = max(sample["time"] for sample in samples)  # one zone, and equal values of one instant
        if values["value"] not in [sample["value"] for sample in samples if sample["time"] == latest]:
            self.problems.append(f"{key} value: {values['value']} is not the last")

    def rate(self, key, values, samples):
        trues = sum(sample["value"] != 0 for sample in samples)
        self.expect(f"{key} passes", values["passes"], trues)
        self.expect(f"{key} fails", values["fails"], len(samples) - trues)
        self.expect(f"{key} value", values["value"], trues / len(samples), 1e-12)

    def trend(self, key, values, samples):
        numbers = sorted(sample["value"] for sample in samples)
        for stat, value in values.items():
            if stat == "thresholds":
                continue
            if stat == "count":
                self.expect(f"{key} count", value, len(numbers))
            elif stat in ("min", "max"):
                self.expect(f"{key} {stat}", value, numbers[0 if stat == "min" else -1], 1e-9)
            elif stat == "avg":
                mean = math.fsum(numbers) / len(numbers)
                self.expect(f"{key} avg", value, mean, 1e-9 * max(1, abs(mean)))
            else:
                computed, above = quantile(numbers, share_of(stat))
                self.expect(f"{key} {stat}", value, computed, BOUND * abs(above) + 1e-9)

    def check_groups(self, group):
        for check in group["checks"].values():
            of_check = [
                sample
                for sample in self.samples("checks")
                if sample["tags"]["group"] == group["path"] and sample["tags"]["check"] == check["name"]
            ]
            passes = sum(sample["value"] != 0 for sample in of_check)
            self.expect(f"{check['path']} passes", check["passes"], passes)
            self.expect(f"{check['path']} fails", check["fails"], len(of_check) - passes)
        for inner in group["groups"].values():
            self.check_groups(inner)


def differences(summary, path):
    """Where the exported `summary` says something else than the JSON lines in the file `path`."""
    metrics, points = read_points(path)
    return Checker(summary, metrics, points).check()
