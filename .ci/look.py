"""Judge the machine-readable result of a run against a real product: `look.py EXIT_CODE RESULT.json`."""

import json
import sys
from collections import Counter
from pathlib import Path


def main(code: int, path: Path) -> int:
    if code not in (0, 1, 3):
        sys.stderr.write(f"the run ended with exit code {code}: the harness or the testbed failed, not the product\n")
        return 1
    result = json.loads(path.read_text(encoding="utf-8"))
    cases = result["cases"]
    sys.stdout.write(f"{result['product']}: {result['verdict']} after {result['seconds']:.1f} s, {cases}\n")
    found = Counter(f"{finding['requirement']}: {finding['summary']}" for finding in result["findings"])
    for said, times in found.items():
        sys.stdout.write(f"  {said}{f' ({times} times)' if times > 1 else ''}\n")
    return 0 if cases.get("pass", 0) > 0 and not cases.get("error", 0) else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), Path(sys.argv[2])))
