"""Tables and the picture of study.py's results."""
import math
import pathlib
import statistics

STYLE = {
    "none": ("#777777", "x"), "l2": ("#0072b2", "o"), "l1": ("#56b4e9", "s"), "lobster": ("#009e73", "^"),
    "irrelevance, |G| of the batch, floor 0.3": ("#e69f00", "v"), "irrelevance, mean |G|": ("#cc79a7", "D"),
    "irrelevance, mean |W·G|": ("#b07aa1", "P"), "irrelevance, movement": ("#d55e00", "*"),
    "irrelevance, snr": ("#000000", "h"),
}


COUPLINGS = {"decoupled": "decoupled", "optimizer": "through the optimizer"}


def length_of(record):
    return record.get("length", 1)


def epochs_of(record):
    """While it is pruned, and of fine-tuning."""
    return record.get("epochs", [24 * length_of(record), 12 * length_of(record)])


def errors(record, target):
    """Test errors in percent by seed."""
    return {r["seed"]: r["test"] for r in record["reported"] if r["target"] == target}


def targets_of(records):
    return sorted({r["target"] for record in records for r in record["reported"]})


def p_of_t(t, freedom):
    """Two-sided p of Student's t, by Simpson's rule over its density: no library for one number."""
    c = math.gamma((freedom + 1) / 2) / (math.sqrt(freedom * math.pi) * math.gamma(freedom / 2))
    density = lambda x: c * (1 + x * x / freedom) ** (-(freedom + 1) / 2)
    steps = 2000
    h = abs(t) / steps
    area = sum((1 if i in (0, steps) else 4 if i % 2 else 2) * density(i * h) for i in range(steps + 1)) * h / 3
    return max(0.0, 1 - 2 * area)


def paired(ours, theirs):
    """Mean difference and p of a paired t-test over seeds."""
    differences = [ours[seed] - theirs[seed] for seed in sorted(ours)]
    mean, deviation = statistics.mean(differences), statistics.stdev(differences)
    if deviation == 0:
        return mean, 0.0 if mean else 1.0
    return mean, p_of_t(mean / (deviation / math.sqrt(len(differences))), len(differences) - 1)


def table(records):
    for optimizer, coupling, length in sorted({(r["optimizer"], r["coupling"], length_of(r)) for r in records}, key=str):
        group = [r for r in records if (r["optimizer"], r["coupling"], length_of(r)) == (optimizer, coupling, length)]
        plain = next((r for r in group if r["method"] == "l2"), None)
        targets = targets_of(group)
        at = 0.99 if 0.99 in targets else targets[-1]
        print(f"\n{optimizer}, {coupling}, {' + '.join(map(str, epochs_of(group[0])))} epochs\n")
        print("| method | " + " | ".join(f"{100 * t:g} %" for t in targets) + f" | strength at {100 * at:g} % | against l2 at {100 * at:g} % |")
        print("| --- |" + " ---: |" * (len(targets) + 2))
        for record in group:
            cells = []
            for target in targets:
                values = list(errors(record, target).values())
                cells.append(f"{statistics.mean(values):.2f} ± {statistics.stdev(values):.2f}")
            strength = next(r["strength"] for r in record["reported"] if r["target"] == at)
            against = ""
            if plain is not None and record is not plain:
                mean, p = paired(errors(record, at), errors(plain, at))
                against = f"{mean:+.2f}, p = {p:.2f}".replace("-", "−")
            print(f"| {record['method'].replace('|', 'abs ', 1).replace('|', '')} | {' | '.join(cells)} | {strength:g} | {against} |")


def plot(records, picture):
    import matplotlib
    matplotlib.use("agg")
    matplotlib.rcParams.update({"font.size": 10})
    import matplotlib.pyplot as plt

    shown = [r for r in records if r["optimizer"] == "momentum" and length_of(r) == 1]
    couplings = [one for one in COUPLINGS if any(r["coupling"] == one for r in shown)]
    figure, axes = plt.subplots(1, len(couplings), figsize=(5 * len(couplings) + (len(couplings) == 1), 4.6), sharey=True, squeeze=False)
    axes = axes[0]
    for axis, coupling in zip(axes, couplings):
        for record in shown:
            if record["coupling"] not in ("decoupled" if record["method"] == "none" else coupling, coupling):
                continue
            colour, marker = STYLE[record["method"]]
            targets = targets_of([record])
            places = range(len(targets))
            values = [list(errors(record, t).values()) for t in targets]
            axis.errorbar(places, [statistics.mean(v) for v in values], [statistics.stdev(v) for v in values],
                          color=colour, marker=marker, capsize=2, linewidth=1.2, label=record["method"])
            axis.set_xticks(list(places), [f"{100 * t:g}" for t in targets])
        axis.set_title(COUPLINGS[coupling])
        axis.set_xlabel("sparsity, %")
        axis.grid(alpha=0.3)
    axes[0].set_ylabel(f"test error, % (mean ± sd of {len(errors(shown[0], targets_of(shown)[0]))} seeds)")
    axes[0].legend(fontsize=8)
    figure.tight_layout()
    target = pathlib.Path(picture)
    figure.savefig(target, dpi=110, metadata={"Software": None}, facecolor="white")
    print(f"{target}, {target.stat().st_size / 1e3:.0f} kB")
