/** End-to-end tests of the main use: a folder of documents becomes summaries. */
@NullMarked
package dev.sluice.system.summaries;

import org.jspecify.annotations.NullMarked;
