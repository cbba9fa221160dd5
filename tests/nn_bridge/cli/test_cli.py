from __future__ import annotations

import io
import json
import subprocess
import sys
from time import time

import pytest

import nn_bridge as nb
from nn_bridge.cli.group import bar
from nn_bridge.equivalence import decide
from nn_bridge.errors import OutOfTimeError
from nn_bridge.symmetry.coset_refutations import Cosets
from tests.nn_bridge.cli.conftest import MODELS
from tests.nn_bridge.test_time_limits import ALMOST

F, G, H = (MODELS[name] for name in ("f.npz", "g.json", "h.npz"))


def test_equal_files_exit_0_with_a_certificate_that_checks(folder, nn_bridge):
    code, out, _ = nn_bridge("equivalent", "f.npz", "g.json", "--certificate", "c.json")
    assert code == 0
    assert out.startswith("EQUAL")
    assert "are one function: f(x) = g(x) for all x in R^2." in out
    assert "nn-bridge check c.json f.npz g.json" in out
    assert nn_bridge("check", "c.json", "f.npz", "g.json")[:2] == (
        0,
        "valid: the two networks are one function\n",
    )
    code, out, _ = nn_bridge("check", "c.json", "f.npz", "h.npz")
    assert code == 1
    assert out.startswith("not valid")


def test_different_files_exit_1_and_name_the_point(folder, nn_bridge):
    code, out, _ = nn_bridge("equivalent", "f.npz", "h.npz", "--certificate", "c.json")
    assert code == 1
    assert "at p = (7/6, 0), f(p) = 71/6 and g(p) = 40/3" in out
    code, out, _ = nn_bridge("check", "c.json", "f.npz", "h.npz")
    assert (code, out) == (
        0,
        "valid: the two networks differ at the point that the certificate names\n",
    )


def test_undecided_exits_3(folder, nn_bridge):
    code, out, _ = nn_bridge(
        "equivalent", "deep.npz", "flat.npz", "--budget", "0", "--certificate", "c.json"
    )
    assert code == 3
    assert "more than one layer of kinks" in " ".join(out.split())
    assert nn_bridge("check", "c.json", "deep.npz", "flat.npz")[0] == 0


def test_json_speaks_to_machines(folder, nn_bridge):
    code, out, _ = nn_bridge("equivalent", "f.npz", "h.npz", "--json")
    facts = json.loads(out)
    assert code == 1
    assert facts["claim"] == "different"
    assert facts["point"] == ["7/6", "0"]
    assert facts["values"] == [["71/6"], ["40/3"]]
    assert facts["seconds"] > 0
    code, out, _ = nn_bridge("equivalent", "f.npz", "g.json", "--json", "--certificate", "c.json")
    assert (json.loads(out)["claim"], json.loads(out)["hyperplanes"]) == ("equal", 2)
    facts = json.loads(nn_bridge("check", "c.json", "f.npz", "g.json", "--json")[1])
    assert (facts["valid"], facts["claim"], facts["domain"]) == (True, "equal", "everywhere")
    assert json.loads(nn_bridge("info", "f.npz", "--json")[1])["two_layer"] is True


def test_canonical_files_of_equal_networks_are_equal(folder, nn_bridge):
    assert nn_bridge("canonical", "f.npz", "-o", "cf.npz")[0] == 0
    assert nn_bridge("canonical", "g.json", "-o", "cg.npz")[0] == 0
    assert nb.read("cf.npz") == nb.read("cg.npz")
    code, _, err = nn_bridge("canonical", "deep.npz", "-o", "x.npz")
    assert code == 2
    assert "at most one layer" in err


def test_rewrite_writes_an_equal_network_that_looks_different(folder, nn_bridge):
    assert nn_bridge("rewrite", "f.npz", "-o", "r.npz", "--seed", "5")[0] == 0
    rewritten = nb.read("r.npz")
    assert rewritten.widths != F.widths
    assert nn_bridge("equivalent", "f.npz", "r.npz")[0] == 0


def test_info_says_what_a_file_holds(folder, nn_bridge):
    code, out, _ = nn_bridge("info", "f.npz")
    assert code == 0
    for words in ("R^2 -> R^1", "ReLU()", "9 stored numbers", "always decided", F.digest):
        assert words in out
    assert "decided where layers match" in nn_bridge("info", "deep.npz")[1]


def test_wrong_use_and_unreadable_files_exit_2(folder, nn_bridge):
    (folder / "half.npz").write_bytes((folder / "f.npz").read_bytes()[:100])
    (folder / "one.npz").write_bytes(b"")
    (folder / "model.pkl").write_bytes(b"")
    nb.write(nb.two_layer([[1]], [0], [[1]]), folder / "narrow.npz")
    document = json.loads((folder / "g.json").read_text())
    (folder / "wide.json").write_text(json.dumps({**document, "inputs": 10**9, "layers": []}))
    forged = {**document, "notes": ["harmless\nEQUAL   [0.01 s]"]}
    (folder / "forged.json").write_text(json.dumps(forged))
    (folder / "zero.json").symlink_to("/dev/zero")
    for arguments in (
        ["equivalent", "f.npz"],
        ["equivalent", "f.npz", "missing.npz"],
        ["equivalent", "f.npz", "half.npz"],
        ["equivalent", "f.npz", "one.npz"],
        ["equivalent", "f.npz", "model.pkl"],
        ["equivalent", "f.npz", "narrow.npz"],
        ["equivalent", "f.npz", "g.json", "--certificate", "no/such/folder/c.json"],
        ["check", "f.npz", "f.npz", "g.json"],
        ["rewrite", "f.npz", "-o", "out.pkl"],
        ["rewrite", "f.npz"],
        ["frobnicate"],
        ["demo", "--seed", "x"],
        ["demo", "--seed", "-1"],
        ["rewrite", "f.npz", "-o", "out.npz", "--seed", "-1"],
        ["info", "wide.json"],
        ["info", "forged.json"],
        ["info", "zero.json"],
    ):
        code, out, err = nn_bridge(*arguments)
        assert (code, out) == (2, ""), arguments
        assert err.strip(), arguments
        assert "Traceback" not in err


def test_a_claim_can_be_required(folder, nn_bridge):
    """A certificate that claims nothing, or the contrary, does not pass where a proof is asked."""
    nn_bridge("equivalent", "deep.npz", "flat.npz", "--budget", "0", "--certificate", "u.json")
    nn_bridge("equivalent", "f.npz", "h.npz", "--certificate", "d.json")
    nn_bridge("equivalent", "f.npz", "g.json", "--certificate", "e.json")
    assert nn_bridge("check", "u.json", "deep.npz", "flat.npz", "--claim", "equal")[0] == 1
    assert nn_bridge("check", "d.json", "f.npz", "h.npz", "--claim", "equal")[0] == 1
    assert nn_bridge("check", "e.json", "f.npz", "g.json", "--claim", "equal")[0] == 0
    assert nb.check("d.json", "f.npz", "h.npz", claim="different")
    assert not nb.check("d.json", "f.npz", "h.npz", claim="equal")


def test_a_closed_pipe_is_not_a_refutation(folder):
    """Exit code 1 would say that equal networks differ."""
    script = 'set -o pipefail; "$1" -c "from nn_bridge.cli import run; run()" '
    script += "equivalent f.npz g.json | (exec 0<&-; sleep 1)"
    done = subprocess.run(["bash", "-c", script, "bash", sys.executable], check=False)
    assert done.returncode in {0, 141}


def test_help_exits_0(nn_bridge):
    assert "Prove facts about ReLU and maxout networks" in nn_bridge("--help")[1]
    assert nn_bridge("--version")[0] == 0


def test_a_fault_of_ours_exits_70(folder, nn_bridge, monkeypatch):
    def broken(*_):
        message = "a bug"
        raise AssertionError(message)

    monkeypatch.setattr(decide, "two_layer_form", broken)
    code, _, err = nn_bridge("equivalent", "f.npz", "g.json")
    assert code == 70
    assert "please report" in err


def test_an_interrupt_exits_130(folder, nn_bridge, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(decide, "two_layer_form", interrupted)
    code, _, err = nn_bridge("equivalent", "f.npz", "g.json")
    assert (code, err.strip()) == (130, "interrupted")


def test_an_interrupt_of_a_question_within_a_limit_exits_130(folder, nn_bridge, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("nn_bridge.difference_bounds.bounding.climb", interrupted)
    (folder / "box.json").write_text('{"lower": [-1, -1], "upper": [1, 1]}')
    asked = "equivalent", "f.npz", "h.npz", "--domain", "box.json", "--within", "1.9", "--json"
    code, out, error = nn_bridge(*asked)
    assert (code, out, error.strip()) == (130, "", "interrupted")


def test_an_interrupt_while_the_command_line_is_loaded_is_a_line_too(nn_bridge, monkeypatch):
    class Interrupting:
        @staticmethod
        def find_spec(name, *_):
            if name == "nn_bridge.cli.running":
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "nn_bridge.cli.running", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Interrupting, *sys.meta_path])
    assert nn_bridge("--version") == (130, "", "interrupted\n")


def test_the_signal_of_ctrl_c_leaves_one_line_and_no_file(folder):
    script = """
import os, signal, sys
from nn_bridge import evidence
def interrupted(*_):
    yield "{"
    os.kill(os.getpid(), signal.SIGINT)
    yield "}"
evidence.json.JSONEncoder.iterencode = interrupted
sys.argv = ["nn-bridge", "equivalent", "f.npz", "g.json", "--certificate", "c.json"]
from nn_bridge.cli import run
run()
"""
    before = set(folder.iterdir())
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr.strip()) == (130, "", "interrupted")
    assert set(folder.iterdir()) == before


def test_progress_is_shown_on_a_terminal_only(monkeypatch):
    for terminal in (True, False):
        stream = io.StringIO()
        monkeypatch.setattr(stream, "isatty", lambda terminal=terminal: terminal, raising=False)
        monkeypatch.setattr(sys, "stderr", stream)
        with bar(2, "deciding") as shown:
            assert shown.disable is not terminal
            shown.start_t = shown.last_print_t = time() - 2
            shown.update(2)
            assert ("deciding" in stream.getvalue()) is terminal
        assert stream.getvalue().rpartition("\r")[2].strip() == ""


def test_what_cannot_be_written_is_told_before_anything_is_computed(folder, nn_bridge, monkeypatch):
    def computed(*_):
        raise AssertionError

    monkeypatch.setattr("nn_bridge.readers.read", computed)
    for arguments in (
        ["equivalent", "f.npz", "g.json", "--certificate", "no/such/c.json"],
        ["symmetries", "f.npz", "--certificate", "no/such/c.json"],
        ["canonical", "f.npz", "-o", "no/such/c.npz"],
        ["rewrite", "f.npz", "-o", "no/such/c.npz"],
    ):
        code, _, error = nn_bridge(*arguments)
        assert code == 2
        assert "must lie in an existing folder" in error
    code, _, error = nn_bridge("equivalent", "f.npz", "g.json", "--within", "0.1")
    assert code == 2
    assert "--within must come with --domain" in error


def test_time_that_is_over_is_no_refutation(folder, nn_bridge, monkeypatch):
    def late(*_):
        raise OutOfTimeError(1.0, "matching layer 3")

    monkeypatch.setattr("nn_bridge.unit_matching.comparing.by_layers", late)
    code, out, error = nn_bridge("diff", "f.npz", "g.json")
    assert (code, out) == (3, "")
    assert "matching layer 3" in error


def test_the_demo_proves_refutes_and_checks_in_a_process_of_its_own():
    done = subprocess.run(
        [sys.executable, "-c", "from nn_bridge.cli import run; run()", "demo", "--seed", "11"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Proof(equal on R^64, 32 hyperplanes)" in done.stdout
    assert "They differ." in done.stdout
    assert done.stdout.count(" ms\n") == 6
    assert "NOT" not in done.stdout


@pytest.mark.parametrize("seed", range(25))
def test_every_demo_comes_out_as_told(seed):
    from nn_bridge.demo import show

    lines = []
    assert show(lines.append, seed)


def test_imports_stay_light():
    script = """
import sys
import nn_bridge as nb
import tropical as tp
f = nb.two_layer([[1]], [0], [[1]])
assert nb.equivalent(f, nb.rewrite(f, 1))
heavy = {"numba", "scipy", "sympy", "onnx", "torch", "matplotlib", "networkx", "hypothesis"}
print(sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.stdout == "[]\n", done.stdout + done.stderr


def test_equality_on_a_domain_in_a_file(folder, nn_bridge):
    nb.write(nb.Network([nb.ReLU()], 2), folder / "relu.json")
    nb.write(nb.Network([nb.Affine([[1, 0], [0, 1]])]), folder / "identity.json")
    (folder / "box.json").write_text('{"lower": [0, "1/3"], "upper": [1, 2]}')
    (folder / "box.vnnlib").write_text(
        "(declare-const X_0 Real)\n(declare-const X_1 Real)\n"
        "(assert (>= X_0 0.0))\n(assert (>= X_1 -0.5))\n"
    )
    files = "relu.json", "identity.json"
    assert nn_bridge("equivalent", *files)[0] == 1
    code, out, _ = nn_bridge(
        "equivalent", *files, "--domain", "box.json", "--certificate", "c.json.gz"
    )
    assert code == 0
    assert "for all x in [0, 1] x [1/3, 2]." in out
    code, out, _ = nn_bridge("check", "c.json.gz", *files)
    assert code == 0
    assert "one function, on [0, 1] x [1/3, 2]\n" in out
    asked = "check", "c.json.gz", *files, "--claim", "equal"
    assert nn_bridge(*asked)[0] == 1
    assert nn_bridge(*asked, "--domain", "box.json")[0] == 0
    assert nn_bridge(*asked, "--domain", "box.vnnlib")[0] == 1
    code, out, _ = nn_bridge("equivalent", *files, "--domain", "box.vnnlib", "--json")
    assert code == 1
    assert json.loads(out)["claim"] == "different"


def test_a_largest_difference_can_be_asked_for(folder, nn_bridge):
    nb.write(nb.Network([nb.Affine([[1]], [0])]), folder / "a.json")
    nb.write(nb.Network([nb.Affine([["1.01"]], [0])]), folder / "b.json")
    (folder / "box.json").write_text('{"lower": [-1], "upper": [1]}')
    asked = "equivalent", "a.json", "b.json", "--domain", "box.json", "--within"
    code, out, _ = nn_bridge(*asked, "0.01", "--certificate", "c.json")
    assert code == 0
    assert out.startswith("WITHIN 1/100 ")
    assert "by no more than 1/100, on [-1, 1]" in nn_bridge("check", "c.json", *asked[1:3])[1]
    code, out, _ = nn_bridge(*asked, "1/101")
    assert code == 1
    assert out.startswith("APART BY MORE THAN 1/101 ")
    assert json.loads(nn_bridge(*asked, "0.01", "--json")[1])["within"] == "1/100"
    code, _, error = nn_bridge(*asked, "small")
    assert code == 2
    assert "within" in error


def test_a_question_can_be_stopped_by_a_time_limit(folder, nn_bridge):
    turned = nb.Network([nb.Affine([[0, 1, 0], [0, 0, 1], [1, 0, 0]]), *nb.max_of(3).layers])
    nb.write(nb.max_of(3), folder / "three.json")
    nb.write(turned, folder / "turned.json")
    files = "three.json", "turned.json"
    assert nn_bridge("equivalent", *files, "--time-limit", "0")[0] == 3
    assert nn_bridge("equivalent", *files, "--time-limit", "600")[0] == 0


def test_what_is_read_is_not_written_over(folder, nn_bridge):
    (folder / "box.json").write_text("[[0, 0], [1, 1]]")
    for command in (
        ("equivalent", "f.npz", "g.json", "--certificate", "g.json"),
        ("equivalent", "f.npz", "g.json", "--domain", "box.json", "--certificate", "box.json"),
        ("symmetries", "f.npz", "--certificate", "f.npz"),
        ("canonical", "f.npz", "-o", "f.npz"),
        ("rewrite", "g.json", "-o", "../" + folder.name + "/g.json"),
    ):
        code, _, error = nn_bridge(*command)
        assert code == 2
        assert "must not be one of the files that are read" in error
    assert (nb.read("g.json"), nb.read("f.npz")) == (G, F)
    assert (folder / "box.json").read_text() == "[[0, 0], [1, 1]]"


def test_formulas_stay_on_their_lines(folder, nn_bridge):
    lines = nn_bridge("equivalent", "f.npz", "g.json")[1].splitlines()
    assert any(line.startswith("    f(x0, x1) = ") and len(line) > 40 for line in lines)


def test_units_that_differ_are_told(folder, nn_bridge):
    code, out, _ = nn_bridge("diff", "f.npz", "h.npz")
    assert code == 1
    assert "5 in f, 6 in g, 1 more" in out
    code, out, _ = nn_bridge("diff", "f.npz", "g.json")
    assert code == 0
    assert "No unit differs" in out


def test_symmetries_are_told_with_a_certificate_of_one_file(folder, nn_bridge):
    nb.write(nb.two_layer([[1, 1, 1]], [0], [[1]]), folder / "sum.json")
    code, out, _ = nn_bridge("symmetries", "sum.json", "--certificate", "c.json")
    assert code == 0
    assert "There are 6 permutations of its 3 coordinates" in out
    assert nn_bridge("check", "c.json", "sum.json")[:2] == (
        0,
        "valid: the claim 'invariances' holds\n",
    )
    assert nn_bridge("check", "c.json", "f.npz")[0] == 1
    code, out, _ = nn_bridge("symmetries", "sum.json", "--signed", "--json")
    assert code == 0
    facts = json.loads(out)
    assert facts["inputs"] == {
        "signed": True,
        "order": "6",
        "maximal": True,
        "orbits": [[0, 1, 2]],
    }
    assert nn_bridge("symmetries", "sum.json", "--time-limit", "0")[0] == 3
    assert facts["weights"]["parametrizations"] == "1"
    nb.write(nb.max_of(3), folder / "three.json")
    code, out, _ = nn_bridge("symmetries", "three.json")
    assert code == 0
    assert "one layer of two-slope units only" in out
    assert "6 permutations of its 3 coordinates" in out


def test_symmetries_tell_what_was_found_before_the_time_was_over(folder, nn_bridge, monkeypatch):
    def late(*_, **__):
        raise OutOfTimeError(1.0, "taking values at points")

    monkeypatch.setattr(nb, "invariances", late)
    asked = "symmetries", "f.npz", "--time-limit", "600"
    code, out, _ = nn_bridge(*asked, "--certificate", "c.json")
    assert code == 3
    assert "The network has 2 hidden units" in out
    assert "Inputs\nThis is open: stopped after 600 s while taking values at points." in out
    assert not (folder / "c.json").exists()
    assert "verify it" not in out
    code, out, _ = nn_bridge(*asked, "--certificate", "c.json", "--json")
    facts = json.loads(out)
    assert (code, facts["exit_code"], facts["certificate"]) == (3, 3, None)
    assert facts["weights"]["units"] == 2
    reason = "stopped after 600 s while taking values at points"
    assert facts["inputs"] == {"signed": False, "reason": reason}


def test_symmetries_without_time_are_open(folder, nn_bridge):
    code, out, _ = nn_bridge("symmetries", "f.npz", "--time-limit", "0", "--json")
    facts = json.loads(out)
    assert code == 3
    assert facts["weights"] == {"reason": "stopped after 0 s while reading the units"}
    assert facts["inputs"]["reason"] == "stopped after 0 s while merging linear layers"
    code, out, _ = nn_bridge("symmetries", "f.npz", "--time-limit", "0")
    assert code == 3
    assert "Weights\nThis is open: stopped after 0 s while reading the units." in out


def test_a_spent_budget_of_symmetries_leaves_those_of_the_inputs_open(folder, nn_bridge):
    nb.write(nb.two_layer([[1, 1, 1]], [0], [[1]]), folder / "sum.json")
    code, out, error = nn_bridge("symmetries", "sum.json", "--budget", "1")
    assert (code, error) == (3, "")
    assert "The network has 1 hidden unit" in out
    assert "This is open: budget must allow all refinements" in out
    code, out, _ = nn_bridge("symmetries", "sum.json", "--budget", "1", "--json")
    assert code == 3
    assert json.loads(out)["inputs"]["reason"].startswith("budget must allow")


def test_symmetries_of_which_there_may_be_more_exit_3(folder, nn_bridge, monkeypatch):
    monkeypatch.setattr(Cosets, "refutations", lambda *_: None)
    nb.write(ALMOST, folder / "almost.json")
    code, out, _ = nn_bridge("symmetries", "almost.json", "--json")
    facts = json.loads(out)["inputs"]
    assert (code, facts["order"], facts["maximal"]) == (3, "2", False)
    assert facts["reason"] == "the budget of cosets was spent"
    code, out, _ = nn_bridge("symmetries", "almost.json")
    assert code == 3
    assert "There are at least 2 permutations" in out
