/** OpenAI's own SDKs against Sluice, as anybody uses them. */
@NullMarked
package dev.sluice.system.sdk;

import org.jspecify.annotations.NullMarked;
