"""Learning rates by torch.optim.lr_scheduler.ReduceLROnPlateau for sequences of losses.
Run: pip install torch==2.13.0 && python3 test/reference/make_plateau.py  (writes plateau.json beside it)
"""
import json
import pathlib

import torch

torch.manual_seed(11)


def case(patience, losses):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.1, patience=patience)
    rates = []
    for loss in losses:
        scheduler.step(loss)
        rates.append(optimizer.param_groups[0]["lr"])
    return {"patience": patience, "losses": losses, "rates": rates}


def noisy():
    falling = torch.linspace(2, 0.3, 24).exp() / 3
    return (falling.clamp(min=1) + 0.2 * torch.rand(24)).tolist()


cases = [case(patience, noisy()) for patience in (0, 1, 3, 5)]
# Smaller by less than the threshold is no improvement; by more it is.
cases.append(case(1, [1, 0.99995, 0.9999, 0.99985, 0.9998, 0.9, 0.89995, 0.8998, 0.8998, 0.8998]))
pathlib.Path(__file__).with_name("plateau.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")
