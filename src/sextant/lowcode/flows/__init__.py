"""Flows as documents: how HR writes one down, and how the engine and BPMN see it."""
