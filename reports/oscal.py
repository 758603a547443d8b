"""The result as OSCAL assessment results (NIST): an observation for each case, a finding for each requirement judged.

OSCAL knows "satisfied" and "not-satisfied", so a finding is made only of pass, fail and warning. What stayed open, was
not tested, does not apply or waits for a person is named among the objectives that were not reviewed, with its reason
as an observation. Our own verdict stands in a property.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from conformance.engine.bundle import Bundle, write_synced
from conformance.engine.verdict import Verdict

from .account import Accounts, telling
from .anchors import anchor
from .identity import compact, line, lines, moment, moment_of, uid
from .model import Case
from .rollup import RequirementResult, roll_up

Node = dict[str, Any]
OSCAL_VERSION = "1.1.3"
NAMESPACE = "urn:iic-conform:terms"
STATES = {
    Verdict.PASS: ("satisfied", "pass"),
    Verdict.FAIL: ("not-satisfied", "fail"),
    Verdict.WARNING: ("not-satisfied", "other"),
}
"""State and reason of what was judged."""
OTHER = "a warning: the requirement does not bind, and the product does not fail by it"


def write(bundle: Bundle, directory: Path) -> Path:
    """Write `oscal-assessment-results.json`."""
    path = directory / "oscal-assessment-results.json"
    write_synced(path, compact(document(bundle)))
    return path


def document(bundle: Bundle) -> Node:
    """The assessment results, with one result."""
    return {"assessment-results": _Writer(Accounts(roll_up(bundle), bundle)).results()}


class _Writer:
    def __init__(self, accounts: Accounts) -> None:
        self.accounts = accounts
        self.result = accounts.result
        self.run = accounts.result.run
        self.begun, self.finished = moment(self.run.created), moment(self.run.finished or self.run.created)
        self.cases = {case.id: case for case in self.result.cases}
        self.plan, self.product, self.tool = (self.uid(name) for name in ("plan", "product", "tool"))

    def uid(self, *parts: str) -> str:
        return uid("oscal", self.run.id, *parts)

    def results(self) -> Node:
        run = self.run
        product = line(run.plan.get("product") or "the product")
        profile = line(run.profile.get("title") or run.plan.get("profile") or "the profile")
        return {
            "uuid": self.uid("results"),
            "metadata": {
                "title": f"{product} against {profile}",
                "last-modified": self.finished,
                "version": line(run.id) or "1",
                "oscal-version": OSCAL_VERSION,
            },
            "import-ap": {"href": f"#{self.plan}"},
            "results": [self._result(product, profile)],
            "back-matter": {"resources": [self._resource(self.plan, "The plan of the run", "../plan.json")]},
        }

    def _resource(self, uuid: str, title: str, href: str) -> Node:
        return {"uuid": uuid, "title": title, "rlinks": [{"href": href, "media-type": "application/json"}]}

    def _result(self, product: str, profile: str) -> Node:
        reasons = "\n".join(said.en for said in self.result.reasons)
        observations = [*self._observations(), *self._unreviewed()]
        findings = [self._finding(row) for row in self.result.requirements if row.verdict in STATES]
        return {
            "uuid": self.uid("result"),
            "title": f"{product} against {profile}",
            "description": lines(f"{self.result.verdict}: {reasons}"),
            "start": self.begun,
            "end": self.finished,
            "props": [_prop("verdict", self.result.verdict), _prop("run", line(self.run.id) or "unknown")],
            "local-definitions": {
                "components": [self._product(product)],
                "assessment-assets": {"components": [self._tool()], "assessment-platforms": [self._platform()]},
            },
            "reviewed-controls": self._reviewed(),
            **({"observations": observations} if observations else {}),
            **({"findings": findings} if findings else {}),
        }

    def _product(self, title: str) -> Node:
        said = {key: line(self.run.product.get(key) or "") for key in ("vendor", "name", "version")}
        return {
            "uuid": self.product,
            "type": "this-system",
            "title": title,
            "description": f"The product that was tested: {title}",
            "props": [_prop(name, value) for name, value in said.items() if value] or [_prop("name", title)],
            "status": {"state": "operational"},
        }

    def _tool(self) -> Node:
        harness = self.run.manifest.get("harness")
        version = line(harness.get("version") or "") if isinstance(harness, dict) else ""
        return {
            "uuid": self.tool,
            "type": "software",
            "title": "iic-conform",
            "description": "The conformance test harness",
            "props": [_prop("version", version or "unknown")],
            "status": {"state": "operational"},
        }

    def _platform(self) -> Node:
        return {"uuid": self.uid("platform"), "uses-components": [{"component-uuid": self.tool}]}

    def _reviewed(self) -> Node:
        """What was looked at, and what was not."""
        rows = self.result.requirements
        judged = [{"objective-id": anchor(row.ref)} for row in rows if row.verdict in STATES]
        not_judged = [{"objective-id": anchor(row.ref)} for row in rows if row.verdict not in STATES]
        objectives: Node = {"description": "The requirements of the profile"}
        objectives["include-objectives" if judged else "include-all"] = judged or {}
        if not_judged:
            objectives["exclude-objectives"] = not_judged
        return {
            "description": "The requirements that the profile selects from its standards",
            "control-selections": [{"description": "All standards of the profile", "include-all": {}}],
            "control-objective-selections": [objectives],
        }

    def _observations(self) -> Iterator[Node]:
        for case in self.result.cases:
            yield self._observation(case)

    def _observation(self, case: Case) -> Node:
        attempt = case.decisive or telling(case)
        summary = self.accounts.summary(case)
        described = "\n".join(filter(None, (line(case.title), summary))) or line(case.id)
        node: Node = {
            "uuid": self._of(case),
            "title": line(case.id),
            "description": lines(described),
            "props": [_prop("verdict", str(case.verdict))],
            "methods": ["TEST"],
            "types": ["control-objective"],
            "subjects": [{"subject-uuid": self.product, "type": "component"}],
            "collected": moment_of(attempt.began_s + attempt.seconds) if attempt else self.finished,
        }
        kept = [("the exchange, decoded", attempt.transcript), ("the packets", attempt.capture)] if attempt else []
        evidence = [{"href": f"../evidence/{name}", "description": said} for said, name in kept if name]
        return node | ({"relevant-evidence": evidence} if evidence else {})

    def _of(self, case: Case) -> str:
        return self.uid("case", case.id)

    def _unreviewed(self) -> Iterator[Node]:
        """Why requirements have no finding."""
        for row in self.result.requirements:
            if row.verdict not in STATES:
                yield {
                    "uuid": self.uid("unreviewed", row.ref),
                    "title": line(row.ref),
                    "description": lines(row.reason or str(row.verdict)),
                    "props": [_prop("verdict", str(row.verdict)), _prop("objective", anchor(row.ref))],
                    "methods": ["UNKNOWN"],
                    "collected": self.finished,
                }

    def _finding(self, row: RequirementResult) -> Node:
        state, reason = STATES[row.verdict]
        cases = (self.cases[name] for name in row.cases)
        remarks = {"remarks": OTHER} if reason == "other" else {}
        return {
            "uuid": self.uid("finding", row.ref),
            "title": line(row.id),
            "description": lines(row.text) or line(row.id),
            "props": [
                _prop("verdict", str(row.verdict)),
                _prop("standard", line(row.key)),
                _prop("clause", line(row.clause) or "none"),
                _prop("level", line(row.level)),
            ],
            "target": {
                "type": "objective-id",
                "target-id": anchor(row.ref),
                **({"description": lines(row.reason)} if row.reason else {}),
                "status": {"state": state, "reason": reason, **remarks},
            },
            "related-observations": [{"observation-uuid": self._of(case)} for case in cases],
        }


def _prop(name: str, value: str) -> Node:
    return {"name": name, "ns": NAMESPACE, "value": value}
