/** The producer application: its entry point, its configuration and its settings. */
@NullMarked
package dev.sluice.producer;

import org.jspecify.annotations.NullMarked;
