/** The pages in a real browser, with real data behind them. */
@NullMarked
package dev.sluice.system.page;

import org.jspecify.annotations.NullMarked;
