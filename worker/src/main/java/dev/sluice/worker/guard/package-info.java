/** Checks that prompts fit the model's context length, and trims them, before a call is made. */
@NullMarked
package dev.sluice.worker.guard;

import org.jspecify.annotations.NullMarked;
