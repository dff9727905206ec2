/**
 * What was measured: kept, and written as a table and as a picture. Depends on {@code analysis}.
 */
@NullMarked
package dev.sluice.system.report;

import org.jspecify.annotations.NullMarked;
