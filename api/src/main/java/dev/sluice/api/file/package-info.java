/** Files in the HTTP API. */
@NullMarked
package dev.sluice.api.file;

import org.jspecify.annotations.NullMarked;
