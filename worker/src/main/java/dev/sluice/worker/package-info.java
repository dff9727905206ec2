/** The worker's application class, bean definitions and settings. */
@NullMarked
package dev.sluice.worker;

import org.jspecify.annotations.NullMarked;
