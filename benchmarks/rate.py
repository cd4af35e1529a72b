"""BPTT against rate-based backpropagation: time and memory over T.

    python -m benchmarks.rate [--width=16] [--batch=64] [--json]

The same ResNet-19 body, weights and data; each setting in a process of its
own, the two sides in turn. Peak memory is what the process gained over its
state before the first step. The last line is JSON.
"""

import argparse
import json
import subprocess
import sys


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--width", type=int, default=16)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--jit", type=int, default=1)
    parser.add_argument("--timesteps", default="1,2,4,8")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    rows = []
    head = "T   bptt s  rate s  ratio   bptt MB  rate MB"
    if not args.json:
        print(head)
    for timesteps in map(int, args.timesteps.split(",")):
        bptt, rate = (measure(flow, timesteps, args) for flow in FLOWS)
        rows.append({"timesteps": timesteps, "bptt": bptt, "rate": rate})
        if not args.json:
            print(
                f"{timesteps:<3} {bptt['step_s']:<7} {rate['step_s']:<7} "
                f"{bptt['step_s'] / rate['step_s']:<7.2f} "
                f"{bptt['peak_mb']:<8} {rate['peak_mb']}",
                flush=True,
            )
    ratios = {
        f"rate_speedup_t{row['timesteps']}": round(
            row["bptt"]["step_s"] / row["rate"]["step_s"], 3
        )
        for row in rows
    }
    print(json.dumps({**ratios, "rows": rows}))


FLOWS = ("bptt", "rate")


def measure(flow, timesteps, args):
    """The child's figures for one setting."""
    command = [sys.executable, "-m", "benchmarks.child", f"--flow={flow}"]
    command += [f"--timesteps={timesteps}", f"--width={args.width}"]
    command += [f"--batch={args.batch}", f"--steps={args.steps}"]
    command += [f"--jit={args.jit}"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")
    return json.loads(done.stdout.strip().splitlines()[-1])


if __name__ == "__main__":
    main()
