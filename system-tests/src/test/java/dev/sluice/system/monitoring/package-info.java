/** Tests of the dashboard and the alert rules against the exported metrics. */
@NullMarked
package dev.sluice.system.monitoring;

import org.jspecify.annotations.NullMarked;
