/** OpenAI's requests, replies and errors as JSON. */
@NullMarked
package dev.sluice.simulator.openai;

import org.jspecify.annotations.NullMarked;
