"""Large runs: part by part through the columnar engine, over several processes, resumable."""
