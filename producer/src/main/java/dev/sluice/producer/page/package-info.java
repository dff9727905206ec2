/** Serves the web pages and sets their security headers. */
@NullMarked
package dev.sluice.producer.page;

import org.jspecify.annotations.NullMarked;
