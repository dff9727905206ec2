/** Tests of the pages in a real browser, against real processes. */
@NullMarked
package dev.sluice.system.page;

import org.jspecify.annotations.NullMarked;
