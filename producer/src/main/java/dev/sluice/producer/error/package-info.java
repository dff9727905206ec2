/** Errors as OpenAI's API tells them. Depends on no other package. */
@NullMarked
package dev.sluice.producer.error;

import org.jspecify.annotations.NullMarked;
