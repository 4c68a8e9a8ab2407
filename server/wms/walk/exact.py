"""The exact shortest walk through parallel aisles with any number of cross aisles.

A dynamic programme over tour subgraphs, aisle by aisle from left to right (Ratliff and Rosenthal 1983; over cross
aisles Roodbergen and de Koster 2001, Pansart et al. 2018). A walk is a connected set of edges, each walked at most
twice, that meets every pick and has an even number of edges at every crossing (odd at depot and end when they
differ). `states` says what must be known of the left side to go on with the right one.
"""

from math import inf

from server.wms.walk.demand import Demand
from server.wms.walk.layout import Walk
from server.wms.walk.retrace import Layer, sequence
from server.wms.walk.states import states_of
from server.wms.walk.steps import Step, steps


def walk(demand: Demand) -> Walk:
    """The shortest walk from depot to end over all picks."""
    taken = list(steps(demand))
    layers = _layers(demand, taken)
    return Walk(_shortest(demand, layers[-1]), tuple(sequence(demand, taken, layers)), "exact")


def length(demand: Demand) -> float:
    """How long the shortest walk is; quicker than the walk itself."""
    return _shortest(demand, _layers(demand, list(steps(demand)))[-1])


def _layers(demand: Demand, taken: list[Step]) -> list[Layer]:
    """The shortest way to each state, before the first step and after each; in the end only whole walks."""
    known = states_of(len(demand.cross_aisles))
    layers = [{known.start: 0.0}]
    for step in taken:
        layers.append(_after(layers[-1], step))
    layers[-1] = {state: walked for state, walked in layers[-1].items() if known.is_whole(state)}
    return layers


def _after(layer: Layer, step: Step) -> Layer:
    after: Layer = {}
    known, changes, lengths = after.get, step.changes, step.lengths
    for state, walked in layer.items():
        for new, way in changes[state]:
            there = walked + lengths[way]
            if there < known(new, inf):
                after[new] = there
    return after


def _shortest(demand: Demand, whole: Layer) -> float:
    return min(whole.values()) + demand.dead_ends
