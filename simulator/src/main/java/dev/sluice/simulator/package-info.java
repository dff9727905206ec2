/**
 * An OpenAI-compatible provider with limits, latency and faults. The root knows the features; no
 * feature knows the root.
 */
@NullMarked
package dev.sluice.simulator;

import org.jspecify.annotations.NullMarked;
