/** Returns errors in the shape of OpenAI's API. */
@NullMarked
package dev.sluice.producer.error;

import org.jspecify.annotations.NullMarked;
