"""The evaluation harness: gold pairs, measures, runs, the gate and the report."""
