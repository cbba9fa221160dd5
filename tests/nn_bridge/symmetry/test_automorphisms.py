"""Automorphisms of coloured graphs: against all permutations, and against networkx."""

from __future__ import annotations

from itertools import combinations, permutations
from math import factorial

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn_bridge.symmetry.automorphisms import automorphisms
from nn_bridge.symmetry.coloured_graph import ColouredGraph
from nn_bridge.symmetry.stabilizer_chain import inverse, product
from tropical.errors import ArgumentError, BudgetError, DimensionError


@st.composite
def graphs(draw, most=6):
    count = draw(st.integers(0, most))
    colours = draw(st.lists(st.integers(0, 1), min_size=count, max_size=count))
    pairs = list(combinations(range(count), 2))
    labels = draw(st.lists(st.integers(0, 2), min_size=len(pairs), max_size=len(pairs)))
    edges = [(*pair, label) for pair, label in zip(pairs, labels, strict=True) if label]
    return colours, edges


def by_trying(colours, edges):
    """All permutations that keep the colours of vertices and of pairs, one after another."""
    label = {frozenset(edge[:2]): edge[2] for edge in edges}
    return {
        images
        for images in permutations(range(len(colours)))
        if all(colours[images[v]] == colour for v, colour in enumerate(colours))
        and all(label.get(frozenset((images[u], images[v]))) == c for u, v, c in edges)
    }


def plain(graph):
    """A networkx graph with one colour."""
    numbered = nx.convert_node_labels_to_integers(graph)
    return ColouredGraph([0] * len(numbered), [(u, v, "edge") for u, v in numbered.edges])


@given(graph=graphs())
def test_the_group_is_that_of_all_permutations_that_keep_the_graph(graph):
    expected = by_trying(*graph)
    group = automorphisms(ColouredGraph(*graph))
    assert group.order == len(expected)
    assert set(group.elements()) == expected
    assert {p for p in permutations(range(group.degree)) if p in group} == expected
    orbits = {tuple(sorted({p[v] for p in expected})) for v in range(group.degree)}
    assert set(group.orbits) == orbits
    assert group.orbits == tuple(sorted(group.orbits))


@given(graph=graphs(5))
def test_automorphisms_are_told_from_other_permutations_edge_by_edge(graph):
    coloured = ColouredGraph(*graph)
    everything = set(permutations(range(len(graph[0]))))
    assert {p for p in everything if coloured.is_automorphism(p)} == by_trying(*graph)


@given(graph=graphs(), data=st.data())
def test_renaming_the_vertices_conjugates_the_group(graph, data):
    colours, edges = graph
    renamed = data.draw(st.permutations(range(len(colours))))
    moved = [colours[v] for v in inverse(tuple(renamed))]
    other = automorphisms(ColouredGraph(moved, [(renamed[u], renamed[v], c) for u, v, c in edges]))
    group = automorphisms(ColouredGraph(colours, edges))
    conjugates = {
        product(product(tuple(renamed), p), inverse(tuple(renamed))) for p in group.elements()
    }
    assert set(other.elements()) == conjugates


@given(graph=graphs(5))
def test_a_complete_graph_with_a_colour_for_no_edge_has_the_same_group(graph):
    colours, edges = graph
    table = [[None] * len(colours) for _ in colours]
    for u, v, colour in edges:
        table[u][v] = table[v][u] = colour
    complete = automorphisms(ColouredGraph.complete(colours, table))
    assert set(complete.elements()) == set(automorphisms(ColouredGraph(colours, edges)).elements())


@pytest.mark.parametrize(
    ("graph", "order"),
    [
        (nx.empty_graph(0), 1),
        (nx.empty_graph(1), 1),
        (nx.empty_graph(30), factorial(30)),
        (nx.complete_graph(30), factorial(30)),
        (nx.petersen_graph(), 120),
        (nx.cycle_graph(5), 10),
        (nx.cycle_graph(100), 200),
        (nx.path_graph(300), 2),
        (nx.hypercube_graph(5), 2**5 * 120),
        (nx.dodecahedral_graph(), 120),
        (nx.pappus_graph(), 216),
        (nx.heawood_graph(), 336),
        (nx.line_graph(nx.complete_graph(8)), factorial(8)),
        (nx.line_graph(nx.complete_bipartite_graph(5, 5)), 2 * 120**2),
        (nx.full_rary_tree(2, 63), 2**31),
        (nx.disjoint_union_all([nx.cycle_graph(4)] * 5), 8**5 * 120),
        (nx.frucht_graph(), 1),
    ],
    ids=str,
)
def test_orders_that_are_known(graph, order):
    group = automorphisms(plain(graph))
    assert group.order == order
    numbered = nx.convert_node_labels_to_integers(graph)
    for images in group.generators:
        assert all(numbered.has_edge(images[u], images[v]) for u, v in numbered.edges)


def test_two_strongly_regular_graphs_that_refinement_does_not_tell_apart():
    """The rook's graph beside the Shrikhande graph: no vertex of one goes to the other."""
    rook = nx.line_graph(nx.complete_bipartite_graph(4, 4))
    steps = [(0, 1), (1, 0), (1, 1)]
    shrikhande = nx.Graph(
        ((a, b), ((a + s) % 4, (b + t) % 4)) for a in range(4) for b in range(4) for s, t in steps
    )
    group = automorphisms(plain(nx.disjoint_union(rook, shrikhande)))
    assert group.order == 1152 * 192
    assert sorted(map(len, group.orbits)) == [16, 16]


SQUARE = ["21043", "02134", "14320", "43201", "30412"]
"""A latin square that is no table of a group."""


def latin_square_graph(square):
    """The cells, joined where they share a row, a column or an entry: strongly regular."""
    cells = [(i, j, entry) for i, row in enumerate(square) for j, entry in enumerate(row)]
    graph = nx.Graph()
    graph.add_nodes_from(cells)
    graph.add_edges_from(
        (u, v) for u, v in combinations(cells, 2) if any(a == b for a, b in zip(u, v, strict=True))
    )
    return graph


def test_where_the_first_choice_fails_others_are_tried():
    graph = latin_square_graph(SQUARE)
    matcher = nx.isomorphism.GraphMatcher(graph, graph)
    assert automorphisms(plain(graph)).order == 72
    assert sum(1 for _ in matcher.isomorphisms_iter()) == 72


@pytest.mark.parametrize("seed", range(12))
def test_random_graphs_have_as_many_automorphisms_as_networkx_finds(seed):
    graph = nx.gnp_random_graph(9, 0.3, seed=seed)
    matcher = nx.isomorphism.GraphMatcher(graph, graph)
    assert automorphisms(plain(graph)).order == sum(1 for _ in matcher.isomorphisms_iter())


def test_numbers_of_the_machine_and_arrays_give_the_same_graph():
    edges = [(0, 1, 5), (1, 2, 5)]
    ends = np.array(edges)
    arrays = ColouredGraph.from_arrays([0, 0, 0], ends[:, 0], ends[:, 1], ends[:, 2])
    assert set(automorphisms(arrays).elements()) == {(0, 1, 2), (2, 1, 0)}
    assert repr(automorphisms(arrays)) == "AutomorphismGroup(order 2 on 3 points, 1 generator)"


def test_what_is_no_permutation_is_in_no_group():
    group = automorphisms(ColouredGraph([0, 0]))
    assert (1, 0) in group
    for images in [(0, 0), (0,), (0, 2), (0, 1, 2)]:
        assert images not in group


@pytest.mark.parametrize(
    ("build", "error", "words"),
    [
        (
            lambda: ColouredGraph([0], [(0, 0, 1)]),
            ArgumentError,
            "two different|different vertices",
        ),
        (lambda: ColouredGraph([0, 0], [(0, 1, 1), (1, 0, 1)]), ArgumentError, "each pair once"),
        (lambda: ColouredGraph([0, 0], [(0, 2, 1)]), ArgumentError, "from 0 to 1, got 2"),
        (lambda: ColouredGraph([0, 0], [(-1, 1, 1)]), ArgumentError, "from 0 to 1, got -1"),
        (lambda: ColouredGraph.complete([0], []), DimensionError, "1 rows"),
        (lambda: ColouredGraph.complete([0, 0], [[0, 1], [2, 0]]), ArgumentError, "symmetric"),
        (lambda: automorphisms(ColouredGraph([0]), budget=0), ArgumentError, "of refinements"),
        (lambda: automorphisms(ColouredGraph([0] * 9), budget=5), BudgetError, "raise it"),
    ],
)
def test_errors_say_what_is_wrong(build, error, words):
    with pytest.raises(error, match=words):
        build()
