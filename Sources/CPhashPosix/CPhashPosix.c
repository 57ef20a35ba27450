#include "CPhashPosix.h"
