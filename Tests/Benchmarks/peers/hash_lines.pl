# One round in Perl, whose Digest::SHA is written in C. No escapes: the lines of the benchmark need none.
#
#     perl hash_lines.pl [--unnumbered] < lines
#
# Under GNU parallel each block has a process of its own, which cannot know the number of its first line.
use strict;
use warnings;
use Digest::SHA qw(sha512_hex);

my $numbered = !(@ARGV && shift @ARGV eq '--unnumbered');
while (my $line = <STDIN>) {
    chomp $line;
    my $number = $numbered ? "\"line\":$.," : '';
    print "{$number\"input\":\"$line\",\"hash\":\"", sha512_hex($line), "\"}\n";
}
