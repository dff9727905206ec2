/** Authenticates requests by API key and determines their project. */
@NullMarked
package dev.sluice.producer.access;

import org.jspecify.annotations.NullMarked;
