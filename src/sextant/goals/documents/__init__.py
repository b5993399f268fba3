"""Documents people keep: the contract as PDF, and the way back from a file to what was signed."""
