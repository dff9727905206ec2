/** The formats of Anthropic's Messages API. */
@NullMarked
package dev.sluice.simulator.anthropic;

import org.jspecify.annotations.NullMarked;
