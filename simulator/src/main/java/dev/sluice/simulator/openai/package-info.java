/** OpenAI's requests, replies and errors as JSON. Depends on {@code token} and {@code duration}. */
@NullMarked
package dev.sluice.simulator.openai;

import org.jspecify.annotations.NullMarked;
