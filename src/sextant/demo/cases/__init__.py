"""Cases of the sources, replayed: a company for each beside the demo company, loaded through the actions.

Rosters, factors and measurements are generated to be like what the source tells. What comes of them, nobody types.
"""
