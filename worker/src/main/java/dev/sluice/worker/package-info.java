/** The worker's map: its application, its wiring and its settings. Knows all its features. */
@NullMarked
package dev.sluice.worker;

import org.jspecify.annotations.NullMarked;
