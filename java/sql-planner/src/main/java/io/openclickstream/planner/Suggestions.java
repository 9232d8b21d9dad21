package io.openclickstream.planner;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** The nearest of the names that are known. */
final class Suggestions {
    private Suggestions() {
    }

    /** The name with the fewest changes from the one given; null when none is near. */
    static String nearest(String name, Collection<String> known) {
        String wanted = name.toLowerCase(Locale.ROOT);
        int patience = Math.max(1, wanted.length() / 3);
        return known.stream()
            .filter(candidate -> Math.abs(candidate.length() - wanted.length()) <= patience)
            .filter(candidate -> distance(wanted, candidate.toLowerCase(Locale.ROOT)) <= patience)
            .min(Comparator.<String>comparingInt(candidate -> distance(wanted, candidate.toLowerCase(Locale.ROOT))).thenComparing(candidate -> candidate))
            .orElse(null);
    }

    /** Letters to be put in, taken out, changed or swapped with the next one. */
    private static int distance(String from, String to) {
        int[][] costs = new int[from.length() + 1][to.length() + 1];
        for (int row = 0; row <= from.length(); row++) {
            for (int column = 0; column <= to.length(); column++) {
                costs[row][column] = row == 0 || column == 0 ? row + column : cost(costs, from, to, row, column);
            }
        }
        return costs[from.length()][to.length()];
    }

    private static int cost(int[][] costs, String from, String to, int row, int column) {
        int change = from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1;
        int best = Math.min(costs[row - 1][column - 1] + change, 1 + Math.min(costs[row - 1][column], costs[row][column - 1]));
        boolean isSwap = row > 1 && column > 1 && from.charAt(row - 1) == to.charAt(column - 2) && from.charAt(row - 2) == to.charAt(column - 1);
        return isSwap ? Math.min(best, 1 + costs[row - 2][column - 2]) : best;
    }
}
