// What starting a process costs at the least: the smallest program that reads its input and answers.
#include <unistd.h>

int main(void) {
    char line[256];
    ssize_t count = read(STDIN_FILENO, line, sizeof line);
    return count > 0 && write(STDOUT_FILENO, line, (size_t)count) == count ? 0 : 1;
}
