"""An evaluation run: what it keeps of its inputs, what it takes over from an earlier run, how it is stored."""
