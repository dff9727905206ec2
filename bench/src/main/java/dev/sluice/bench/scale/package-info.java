/** Benchmark of scaling signals: applies Kubernetes' autoscaling to real worker processes. */
@NullMarked
package dev.sluice.bench.scale;

import org.jspecify.annotations.NullMarked;
