"""Tensors of a network in groups, by what their values have in common."""


class Groups:
    """Disjoint sets of symbolic tensors, each alone until it is joined."""

    def __init__(self):
        self._parent = {}

    def of(self, tensor):
        """The group of a tensor, an int."""
        key = id(tensor)
        while key in self._parent:
            key = self._parent[key]
        return key

    def join(self, one, other):
        """Makes the groups of two tensors one."""
        one, other = self.of(one), self.of(other)
        if one != other:
            self._parent[one] = other
